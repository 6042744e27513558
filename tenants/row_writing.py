"""Writing single rows that a client waits for: what Django's models do, with each statement put together once.

To put a statement together takes Django several times as long as the database needs for it.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.db import connection
from django.db.models import AutoField, Field

from tenants.models import Outbox
from tenants.models.tenant_owned import TenantOwned
from tenants.scope import ScopeError, required_scope

Fields = tuple["Field[Any, Any]", ...]


def row_insert(row: TenantOwned | Outbox) -> None:
    """Insert a row of the open tenant. A key that the database makes stays unknown, and no signals are sent. Raises
    ScopeError for a row of another tenant, and what the database raises."""
    if row.tenant_id != required_scope().tenant_id:
        raise ScopeError(f"This {row._meta.verbose_name} belongs to another tenant.")
    statement, fields = _insertion(type(row))
    _execute(statement, [_prepared(field, field.pre_save(row, add=True)) for field in fields])
    row._state.adding = False
    row._state.db = connection.alias


def row_change(model: type[TenantOwned], *, where: Mapping[str, Any], to: Mapping[str, Any]) -> bool:
    """Change the row of the open tenant whose fields are `where` (names and values, which identify one); False where
    there is none. Raises what the database raises."""
    statement, fields = _change(model, tuple(to), ("tenant", *where))
    values = [*to.values(), required_scope().tenant_id, *where.values()]
    pairs = zip(fields, values, strict=True)
    return _execute(statement, [_prepared(field, value) for field, value in pairs]) == 1


def _prepared(field: "Field[Any, Any]", value: Any) -> Any:
    return field.get_db_prep_save(value, connection=connection)


def _execute(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@cache
def _insertion(model: type[TenantOwned | Outbox]) -> tuple[str, Fields]:
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})', fields  # noqa: S608 - names of ours


@cache
def _change(model: type[TenantOwned], to: tuple[str, ...], where: tuple[str, ...]) -> tuple[str, Fields]:
    changed, known = ([_field(model, name) for name in names] for names in (to, where))
    changes = ", ".join(f'"{field.column}" = %s' for field in changed)
    conditions = " AND ".join(f'"{field.column}" = %s' for field in known)
    return f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {conditions}', (*changed, *known)  # noqa: S608


def _field(model: type[TenantOwned], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(name))
