"""Migrations that change a field: what a database notices is done, and what it doesn't is known afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connections, models
from django.db.migrations import AlterField, CreateModel, Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from tenants.migration_executor import Executor
from tests.fixtures.database import ON_POSTGRESQL, database_copied

ALIAS = "owner" if ON_POSTGRESQL else "default"
APP, TABLE = "tried", "tried_thing"


@pytest.fixture
def connection(transactional_db: None) -> Iterator[Any]:
    connection = connections[ALIAS]
    yield connection
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
    MigrationRecorder(connection).migration_qs.filter(app=APP).delete()


def name(**options: Any) -> Any:
    return models.CharField(**{"max_length": 20, **options})


def applied(connection: Any, *operations: Any) -> ProjectState:
    """After a table with a column `name` of twenty characters, and these operations on it."""
    table = CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("name", name())])
    migration = Migration("0001_initial", APP)
    migration.operations = [table, *operations]
    return Executor(connection).apply_migration(ProjectState(), migration)


def columns(connection: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, TABLE)
    return {column.name: (column.display_size or column.internal_size, column.null_ok) for column in found}


pytestmark = pytest.mark.django_db(transaction=True, databases=["default", ALIAS])


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (name(max_length=40), {"name": (40, False)}),
        (name(null=True), {"name": (20, True)}),
        (name(db_column="title"), {"title": (20, False)}),
        (name(verbose_name="Name", help_text="Any."), {"name": (20, False)}),
    ],
)
def test_the_column_is_as_the_field_says(connection: Any, field: Any, found: dict[str, Any]) -> None:
    applied(connection, AlterField("thing", "name", field))
    assert {**columns(connection), "id": None} == {"id": None, **found}


def test_whoever_looks_at_the_models_sees_every_change(connection: Any) -> None:
    seen: list[tuple[Any, Any]] = []

    def look(apps: Any, _: Any) -> None:
        field = apps.get_model(APP, "Thing")._meta.get_field("name")
        seen.append((field.verbose_name, field.max_length))

    labelled, longer = name(verbose_name="Title"), name(verbose_name="Title", max_length=40)
    state = applied(
        connection,
        *(RunPython(look), AlterField("thing", "name", labelled), RunPython(look)),
        *(AlterField("thing", "name", longer), AlterField("thing", "name", name(max_length=40)), RunPython(look)),
    )
    assert seen == [("name", 20), ("Title", 20), ("name", 40)]
    assert state.models[APP, "thing"].fields["name"].max_length == 40
    assert columns(connection)["name"] == (40, False)


def test_what_no_database_notices_builds_no_model(connection: Any) -> None:
    state = applied(connection, AlterField("thing", "name", name(verbose_name="Title")))
    assert "apps" not in vars(state)


@pytest.mark.skipif(ON_POSTGRESQL, reason="compares two files of SQLite")
def test_all_migrations_make_what_djangos_own_executor_makes(
    connection: Any, migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_django = tmp_path / "django.sqlite3"
    monkeypatch.setattr(migrate, "MigrationExecutor", MigrationExecutor)
    with database_copied(tmp_path / "unused.sqlite3"):
        connection.settings_dict["NAME"] = str(by_django)
        call_command("migrate", verbosity=0)
        connection.close()
    assert schema(by_django) == schema(migrated)


def schema(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connected:
        return sorted(sql for (sql,) in connected.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
