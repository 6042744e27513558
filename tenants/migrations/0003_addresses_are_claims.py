import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def vouch(apps, schema_editor):
    """Until now every account was made by the operator, who vouches for the address."""
    users = apps.get_model("tenants", "User").objects.using(schema_editor.connection.alias)
    users.filter(email_verified_at=None).update(email_verified_at=django.utils.timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_people"),
    ]

    operations = [
        migrations.RunPython(vouch, migrations.RunPython.noop),
        migrations.AddField(
            model_name="tenant",
            name="started_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(db_index=True, max_length=254),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email_verified_at__isnull", False)),
                fields=("email",),
                name="user_email_verified_once",
            ),
        ),
    ]
