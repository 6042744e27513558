"""Row-level security of one table, as a step of the migration that makes the table."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from tenants.scope import PLATFORM_ROLE

_ISOLATE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON {table}
    USING ({column} = nullif(current_setting('atrium.tenant', true), '')::uuid)
    WITH CHECK ({column} = nullif(current_setting('atrium.tenant', true), '')::uuid);
CREATE POLICY platform_access ON {table} TO {platform} USING (true) WITH CHECK (true);
"""

_RELEASE = """
DROP POLICY platform_access ON {table};
DROP POLICY tenant_isolation ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""


class IsolateTenants(Operation):
    """Hold back every row whose `column` is not the tenant of the transaction, from the table's owner too.

    The platform's role sees all. Does nothing on a database without row-level security.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model: str, column: str = "tenant_id") -> None:
        self.model, self.column = model, column

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Policies are no part of the models."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Enable, force, and write the policies."""
        self._execute(_ISOLATE, schema_editor, to_state.apps.get_model(app_label, self.model))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take the policies away again."""
        self._execute(_RELEASE, schema_editor, from_state.apps.get_model(app_label, self.model))

    def describe(self) -> str:
        """The line that `migrate` and `sqlmigrate` show."""
        return f"Isolate the tenants in {self.model}"

    def _execute(self, template: str, schema_editor: BaseDatabaseSchemaEditor, model: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        quote = schema_editor.quote_name
        names = {"table": quote(model._meta.db_table), "column": quote(self.column), "platform": quote(PLATFORM_ROLE)}
        for statement in template.format(**names).split(";\n"):
            if statement.strip():
                schema_editor.execute(statement)
