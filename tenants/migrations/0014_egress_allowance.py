from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0013_openapi_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="egress_hosts",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="tenant",
            name="egress_methods",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
