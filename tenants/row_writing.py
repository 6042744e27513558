"""Writing single rows that a client waits for: what Django's models do, with each statement put together once.

To put a statement together takes Django several times as long as the database needs for it.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, cast

from django.db import connection
from django.db.models import AutoField, BooleanField, CharField, Field, FloatField, IntegerField, TextField

from tenants.models import Outbox
from tenants.models.tenant_owned import TenantOwned
from tenants.scope import ScopeError, required_scope

Prepare = Callable[[Any], Any]
Fields = tuple[tuple["Field[Any, Any]", Prepare], ...]
_AS_THEY_ARE: Final = (BooleanField, CharField, FloatField, IntegerField, TextField)


def row_insert(row: TenantOwned | Outbox) -> None:
    """Insert a row of the open tenant. A key that the database makes stays unknown, and no signals are sent. Raises
    ScopeError for a row of another tenant, and what the database raises."""
    if row.tenant_id != required_scope().tenant_id:
        raise ScopeError(f"This {row._meta.verbose_name} belongs to another tenant.")
    statement, fields = _insertion(type(row), connection.vendor)
    _execute(statement, [prepare(field.pre_save(row, add=True)) for field, prepare in fields])
    row._state.adding = False
    row._state.db = connection.alias


def row_change(model: type[TenantOwned], *, where: Mapping[str, Any], to: Mapping[str, Any]) -> bool:
    """Change the row of the open tenant whose fields are `where` (names and values, which identify one); False where
    there is none. Raises what the database raises."""
    statement, fields = _change(model, tuple(to), ("tenant", *where), connection.vendor)
    values = [*to.values(), required_scope().tenant_id, *where.values()]
    pairs = zip(fields, values, strict=True)
    return _execute(statement, [prepare(value) for (_, prepare), value in pairs]) == 1


def _prepared(field: "Field[Any, Any]") -> tuple["Field[Any, Any]", Prepare]:
    """The field, and what makes a value of it a parameter of a statement. Text and numbers are that already."""
    if isinstance(field, _AS_THEY_ARE):
        return field, _as_it_is
    return field, lambda value: field.get_db_prep_save(value, connection=connection)


def _as_it_is(value: Any) -> Any:
    return value


def _execute(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


@cache
def _insertion(model: type[TenantOwned | Outbox], vendor: str) -> tuple[str, Fields]:
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608 - names of ours
    return statement, tuple(map(_prepared, fields))


@cache
def _change(model: type[TenantOwned], to: tuple[str, ...], where: tuple[str, ...], vendor: str) -> tuple[str, Fields]:
    changed, known = ([_field(model, name) for name in names] for names in (to, where))
    changes = ", ".join(f'"{field.column}" = %s' for field in changed)
    conditions = " AND ".join(f'"{field.column}" = %s' for field in known)
    statement = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {conditions}'  # noqa: S608 - names of ours
    return statement, tuple(map(_prepared, (*changed, *known)))


def _field(model: type[TenantOwned], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(name))
