import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models

import tenants.row_level_security


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0003_addresses_are_claims'),
    ]

    operations = [
        migrations.AddField(
            model_name='servertool',
            name='mode',
            field=models.CharField(blank=True, max_length=16),
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('tool_id', models.UUIDField()),
                ('tool', models.CharField(max_length=255)),
                ('principal', models.CharField(max_length=255)),
                ('user_id', models.UUIDField(blank=True, null=True)),
                ('service_account', models.CharField(blank=True, max_length=64)),
                ('client', models.CharField(blank=True, max_length=255)),
                ('credential_kind', models.CharField(blank=True, max_length=16)),
                ('delegate', models.UUIDField(blank=True, null=True)),
                ('scopes', models.JSONField(blank=True, default=list)),
                ('call', models.JSONField(default=dict)),
                ('sealed_arguments', models.BinaryField()),
                ('shown_arguments', models.TextField(blank=True)),
                ('idempotency_key', models.CharField(blank=True, max_length=255)),
                ('is_idempotent', models.BooleanField(default=False)),
                ('timeout_seconds', models.FloatField()),
                ('retry_of', models.UUIDField(blank=True, null=True)),
                ('state', models.CharField(default='queued', max_length=16)),
                ('attempt', models.PositiveIntegerField(default=0)),
                ('available_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('worker', models.CharField(blank=True, max_length=128)),
                ('fencing_token', models.BigIntegerField(default=0)),
                ('lease_expires_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_requested_at', models.DateTimeField(blank=True, null=True)),
                ('cancel_reason', models.CharField(blank=True, max_length=32)),
                ('progress', models.FloatField(blank=True, null=True)),
                ('progress_total', models.FloatField(blank=True, null=True)),
                ('message', models.CharField(blank=True, max_length=1000)),
                ('line_count', models.PositiveIntegerField(default=0)),
                ('ending', models.CharField(blank=True, max_length=16)),
                ('sealed_result', models.BinaryField(blank=True, null=True)),
                ('stored_bytes', models.BigIntegerField(default=0)),
                ('error', models.JSONField(blank=True, null=True)),
                ('started_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('server', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='tenants.server')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='JobLine',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('number', models.PositiveIntegerField()),
                ('time', models.DateTimeField()),
                ('level', models.CharField(max_length=16)),
                ('text', models.TextField()),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='tenants.job')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='JobResult',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('sealed', models.BinaryField()),
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='stored_result', to='tenants.job')),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenants.tenant')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['tenant', '-created_at'], name='job_by_time'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['tenant', 'user_id', '-created_at'], name='job_by_user'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['state', 'tool_id', 'available_at'], name='job_by_lane'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(fields=['tenant', 'state', 'tool_id', 'available_at'], name='job_by_state'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['tenant', '-claimed_at'], name='job_by_claim'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='job_by_expiry'),
        ),
        migrations.AddConstraint(
            model_name='job',
            constraint=models.UniqueConstraint(condition=models.Q(('idempotency_key', ''), _negated=True), fields=('tenant', 'server', 'principal', 'tool_id', 'idempotency_key'), name='job_idempotency_key_once'),
        ),
        migrations.AddConstraint(
            model_name='jobline',
            constraint=models.UniqueConstraint(fields=('job', 'number'), name='job_line_number_once'),
        ),
        tenants.row_level_security.IsolateTenants('job'),
        tenants.row_level_security.IsolateTenants('jobresult'),
        tenants.row_level_security.IsolateTenants('jobline'),
    ]
