import django.db.models.deletion
import uuid
from django.db import migrations, models

import tenants.row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0004_jobs'),
    ]

    operations = [
        migrations.CreateModel(
            name='ServerPrimitive',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('resource', 'Resource'), ('template', 'Template'), ('prompt', 'Prompt')], max_length=16)),
                ('toolkit', models.CharField(max_length=64)),
                ('source', models.CharField(max_length=1000)),
                ('name', models.CharField(max_length=200)),
                ('title', models.CharField(blank=True, max_length=200)),
                ('description', models.TextField(blank=True)),
                ('is_enabled', models.BooleanField(default=True)),
                ('server', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='primitives', to='tenants.server')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('server', 'kind', 'name'), name='server_primitive_name_once'), models.UniqueConstraint(condition=models.Q(('kind__in', ('resource', 'template'))), fields=('server', 'kind', 'source'), name='server_primitive_uri_once')],
            },
        ),
        tenants.row_level_security.IsolateTenants('serverprimitive'),
    ]
