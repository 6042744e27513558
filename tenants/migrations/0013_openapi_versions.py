from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0012_hosted_content"),
    ]

    operations = [
        migrations.AddField(
            model_name="openapisource",
            name="pending_digest",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AddField(
            model_name="openapisource",
            name="pending_document",
            field=models.BinaryField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="openapisource",
            name="pending_url",
            field=models.CharField(blank=True, db_default="", default="", max_length=2000),
        ),
        migrations.AddField(
            model_name="openapisource",
            name="pending_version",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.AddField(
            model_name="openapisource",
            name="secret_names",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
