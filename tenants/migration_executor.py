"""Applying migrations without building all models anew for changes that no database notices.

Of the hundred changes of fields in the migrations of all our packages, three quarters concern labels, choices, help
texts and the like. For each, Django builds most models twice, compares them, and does nothing.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AlterField, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field


class Executor(MigrationExecutor):
    """Django's, whose changes of fields look first whether there is anything to do."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        """As Django's."""
        vars(migration)["operations"] = [_looking_first(operation) for operation in migration.operations]
        return super().apply_migration(state, migration, fake, fake_initial)


class AlterFieldLookingFirst(AlterField):
    """Changes what is known of the field; the column only where it differs."""

    _is_noticed = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Where no database notices, drop the models that were built; whoever needs them next builds them."""
        before = state.models[app_label, self.model_name_lower].fields[self.name]
        self._is_noticed = _column(before) != _column(self.field)
        if not self._is_noticed:
            vars(state).pop("apps", None)
        super().state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Nothing where no database notices."""
        if self._is_noticed:
            super().database_forwards(app_label, schema_editor, from_state, to_state)


def _looking_first(operation: Operation) -> Operation:
    # Of a field with a table of its own, the table would have to be compared.
    if type(operation) is not AlterField or operation.field.many_to_many:
        return operation
    return AlterFieldLookingFirst(
        operation.model_name, operation.name, operation.field, preserve_default=operation.preserve_default
    )


def _column(field: "Field[Any, Any]") -> tuple[Any, ...]:
    """All of a field that a schema editor looks at; stricter than it, which knows what an unchanged name is."""
    _, kind, positional, named = field.deconstruct()
    ignored = {*field.non_db_attrs} - {"db_column"}
    return kind, positional, {name: value for name, value in named.items() if name not in ignored}
