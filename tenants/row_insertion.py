"""Inserting single rows that a client waits for: what Django's models do, with each statement put together once.

To put an INSERT together takes Django several times as long as the database needs for it.
"""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field

from tenants.models import Outbox
from tenants.models.tenant_owned import TenantOwned
from tenants.scope import ScopeError, required_scope


def row_insert(row: TenantOwned | Outbox) -> None:
    """Insert a row of the open tenant. A key that the database makes stays unknown, and no signals are sent. Raises
    ScopeError for a row of another tenant, and what the database raises."""
    if row.tenant_id != required_scope().tenant_id:
        raise ScopeError(f"This {row._meta.verbose_name} belongs to another tenant.")
    statement, fields = _insertion(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection=connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    row._state.adding = False
    row._state.db = connection.alias


@cache
def _insertion(model: type[TenantOwned | Outbox]) -> tuple[str, tuple["Field[Any, Any]", ...]]:
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})', fields  # noqa: S608 - names of ours
