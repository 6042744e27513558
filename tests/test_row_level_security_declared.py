"""Every table of the domain isolates its tenants in the very migration that makes it."""

from typing import Final

from django.apps import apps
from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader

from tenants.row_level_security import IsolateTenants

BELONGS_TO_NO_TENANT: Final = {"user"}
"""A person may be a member of several tenants, so the row is nobody's; memberships are the tenants'."""


def isolated(migrations: list[Migration]) -> set[str]:
    """The models that are isolated by the same migration that makes them."""
    found: set[str] = set()
    for migration in migrations:
        made = {operation.name.lower() for operation in migration.operations if isinstance(operation, CreateModel)}
        guarded = {operation.model for operation in migration.operations if isinstance(operation, IsolateTenants)}
        found |= made & guarded
    return found


def domain_migrations() -> list[Migration]:
    migrations = MigrationLoader(None).disk_migrations
    return [migration for (label, _), migration in migrations.items() if label == "tenants"]


def test_every_table_of_the_domain_is_isolated_as_it_is_made() -> None:
    tables = {model._meta.model_name for model in apps.get_app_config("tenants").get_models(include_auto_created=True)}
    assert tables - isolated(domain_migrations()) == BELONGS_TO_NO_TENANT


def test_no_table_elsewhere_has_a_tenant() -> None:
    elsewhere = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label != "tenants"]
    attributes = {model._meta.label: {field.attname for field in model._meta.concrete_fields} for model in elsewhere}
    assert [label for label, names in attributes.items() if "tenant_id" in names] == []


def test_isolation_in_a_later_migration_is_too_late() -> None:
    made, later, both = Migration("a", "tenants"), Migration("b", "tenants"), Migration("c", "tenants")
    made.operations = [CreateModel("Late", []), AddField("late", "tenant", None)]  # type: ignore[arg-type]
    later.operations = [IsolateTenants("late")]
    both.operations = [CreateModel("Good", []), IsolateTenants("good")]
    assert isolated([made, later, both]) == {"good"}
