import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tenants.row_level_security
import tenants.versions


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0009_own_tools"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upstream",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("prefix", models.CharField(max_length=24)),
                ("name", models.CharField(max_length=200)),
                ("url", models.CharField(max_length=2000)),
                (
                    "era",
                    models.CharField(
                        choices=[("auto", "Auto"), ("modern", "Modern"), ("legacy", "Legacy")],
                        default="auto",
                        max_length=16,
                    ),
                ),
                (
                    "auth",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("headers", "Headers"),
                            ("oauth", "Oauth"),
                            ("oauth_user", "Oauth User"),
                        ],
                        default="none",
                        max_length=16,
                    ),
                ),
                ("headers", models.JSONField(blank=True, default=list)),
                ("concurrency", models.PositiveIntegerField(default=20)),
                ("version", models.BigIntegerField(default=tenants.versions.next_version)),
                (
                    "status",
                    models.CharField(
                        choices=[("unread", "Unread"), ("ok", "Ok"), ("stale", "Stale"), ("failing", "Failing")],
                        default="unread",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=32)),
                ("reason_text", models.CharField(blank=True, max_length=500)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_read_at", models.DateTimeField(blank=True, null=True)),
                ("last_tried_at", models.DateTimeField(blank=True, null=True)),
                ("next_read_at", models.DateTimeField(blank=True, null=True)),
                ("server_info", models.JSONField(blank=True, default=dict)),
                ("instructions", models.TextField(blank=True)),
                ("protocol_version", models.CharField(blank=True, max_length=32)),
                ("capabilities", models.JSONField(blank=True, default=dict)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UpstreamChange",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("upstream_id", models.UUIDField()),
                ("prefix", models.CharField(max_length=24)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("created", "Created"),
                            ("changed", "Changed"),
                            ("deleted", "Deleted"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("quarantined", "Quarantined"),
                            ("returned", "Returned"),
                        ],
                        max_length=16,
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=16)),
                ("key", models.CharField(blank=True, max_length=500)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("user_id", models.UUIDField(null=True)),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="UpstreamDefinition",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tool", "Tool"),
                            ("resource", "Resource"),
                            ("template", "Template"),
                            ("prompt", "Prompt"),
                        ],
                        max_length=16,
                    ),
                ),
                ("key", models.CharField(max_length=500)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("approved", "Approved"),
                            ("changed", "Changed"),
                            ("gone", "Gone"),
                            ("refused", "Refused"),
                        ],
                        default="new",
                        max_length=16,
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=500)),
                ("approved", models.TextField(blank=True)),
                ("approved_digest", models.CharField(blank=True, max_length=64)),
                ("offered", models.TextField(blank=True)),
                ("offered_digest", models.CharField(blank=True, max_length=64)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenants.tenant"
                    ),
                ),
                (
                    "upstream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="definitions", to="tenants.upstream"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="serverprimitive",
            name="upstream_definition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="primitives",
                to="tenants.upstreamdefinition",
            ),
        ),
        migrations.AddField(
            model_name="servertool",
            name="upstream_definition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tools",
                to="tenants.upstreamdefinition",
            ),
        ),
        migrations.AddIndex(
            model_name="upstream",
            index=models.Index(fields=["next_read_at"], name="upstream_by_turn"),
        ),
        migrations.AddConstraint(
            model_name="upstream",
            constraint=models.UniqueConstraint(fields=("tenant", "prefix"), name="upstream_prefix_once"),
        ),
        migrations.AddIndex(
            model_name="upstreamchange",
            index=models.Index(fields=["tenant", "upstream_id", "-created_at"], name="upstream_change_by_time"),
        ),
        migrations.AddConstraint(
            model_name="upstreamdefinition",
            constraint=models.UniqueConstraint(fields=("upstream", "kind", "key"), name="upstream_definition_once"),
        ),
        tenants.row_level_security.IsolateTenants("upstream"),
        tenants.row_level_security.IsolateTenants("upstreamdefinition"),
        tenants.row_level_security.IsolateTenants("upstreamchange"),
    ]
