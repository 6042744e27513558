from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tenants', '0005_server_primitives'),
    ]

    operations = [
        migrations.AddField(
            model_name='job',
            name='capabilities',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='job',
            name='open_inputs',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='job',
            name='sealed_inputs',
            field=models.BinaryField(blank=True, null=True),
        ),
    ]
