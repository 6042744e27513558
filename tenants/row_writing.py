"""Writing single rows that a client waits for: what Django's models do, with each statement put together once.

To put a statement together takes Django several times as long as the database needs for it; so does making an instance
of a model for a row that nobody reads.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    AutoField,
    BinaryField,
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    FloatField,
    IntegerField,
    JSONField,
    TextField,
)
from django.utils import timezone

from tenants.models import Outbox
from tenants.models.tenant_owned import TenantOwned
from tenants.row_statement import statement_execute
from tenants.scope import ScopeError, required_scope

Prepare = Callable[[Any], Any]
Given = Mapping[str, Any]
Column = tuple[str, Prepare, Callable[[], Any]]
"""The name of a value, what makes it a parameter of a statement, and the parameter where none is given."""

_AS_THEY_ARE: Final = (BooleanField, CharField, FloatField, IntegerField, TextField)


def row_insert(model: type[TenantOwned | Outbox], values: Given) -> None:
    """Insert a row of the open tenant. `values` are by the names of attributes (`tenant_id`), others have the fields'
    defaults. A key that the database makes stays unknown, and no signals are sent. Raises ScopeError for a row of
    another tenant, TypeError for a name that the model does not have, and what the database raises."""
    if values["tenant_id"] != required_scope().tenant_id:
        raise ScopeError(f"This {model._meta.verbose_name} belongs to another tenant.")
    statement, columns, names = _insertion(model, connections[DEFAULT_DB_ALIAS].vendor)
    if not values.keys() <= names:
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(values.keys() - names))}.")
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        parameters = (prepare(values[name]) if name in values else missing() for name, prepare, missing in columns)
        statement_execute(cursor, statement, [*parameters])


def row_change(model: type[TenantOwned], *, where: Given, to: Given) -> bool:
    """Change the row of the open tenant whose fields are `where` (names and values, which identify one); False where
    there is none. Raises what the database raises."""
    return row_change_asked(model, where=where, to=to)()


def row_change_asked(model: type[TenantOwned], *, where: Given, to: Given) -> Callable[[], bool]:
    """As `row_change`; whether there was such a row is told afterwards, by what is returned."""
    statement, prepares = _change(model, tuple(to), ("tenant", *where), connections[DEFAULT_DB_ALIAS].vendor)
    values = [*to.values(), required_scope().tenant_id, *where.values()]
    cursor = connections[DEFAULT_DB_ALIAS].cursor()
    statement_execute(cursor, statement, [prepare(value) for prepare, value in zip(prepares, values, strict=True)])
    return lambda: bool(cursor.rowcount == 1)


@cache
def _insertion(model: type[TenantOwned | Outbox], vendor: str) -> tuple[str, tuple[Column, ...], frozenset[str]]:
    fields = tuple(field for field in model._meta.concrete_fields if not isinstance(field, AutoField))
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})'  # noqa: S608 - names of ours
    columns = tuple((field.attname, _prepare(field, vendor), _missing(field, vendor)) for field in fields)
    return statement, columns, frozenset(name for name, _, _ in columns)


@cache
def _change(
    model: type[TenantOwned], to: tuple[str, ...], where: tuple[str, ...], vendor: str
) -> tuple[str, list[Prepare]]:
    changed, known = ([_field(model, name) for name in names] for names in (to, where))
    changes = ", ".join(f'"{field.column}" = %s' for field in changed)
    conditions = " AND ".join(f'"{field.column}" = %s' for field in known)
    statement = f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {conditions}'  # noqa: S608 - names of ours
    return statement, [_prepare(field, vendor) for field in (*changed, *known)]


def _field(model: type[TenantOwned], name: str) -> "Field[Any, Any]":
    return cast("Field[Any, Any]", model._meta.get_field(name))


def _missing(field: "Field[Any, Any]", vendor: str) -> Callable[[], Any]:
    """What makes the parameter for a field that was given no value."""
    prepare = _prepare(field, vendor)
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda: prepare(timezone.now())
    if callable(field.default):
        return lambda: prepare(field.get_default())
    constant = prepare(field.get_default())
    return lambda: constant


def _prepare(field: "Field[Any, Any]", vendor: str) -> Prepare:
    """What makes a value of the field a parameter of a statement, as Django does. Text and numbers are that already;
    what is not of the usual type, Django itself is asked for."""
    if isinstance(field, _AS_THEY_ARE):
        return _as_it_is
    usual = _USUAL.get(vendor, {}).get(type(field))
    ids = _IDS.get(vendor, _as_it_is)

    def prepare(value: Any) -> Any:
        if type(value) is UUID:
            return ids(value)
        if value is None:
            return None
        if usual is not None and type(value) in usual[0]:
            return usual[1](value)
        return field.get_db_prep_save(value, connection=connections[DEFAULT_DB_ALIAS])

    return prepare


def _as_it_is(value: Any) -> Any:
    return value


def _without_zone(value: datetime) -> str:
    """As SQLite keeps times: as text, of UTC."""
    return str(value.astimezone(UTC).replace(tzinfo=None))


_IDS: Final[dict[str, Prepare]] = {"sqlite": lambda value: value.hex}
_USUAL: Final[dict[str, dict[type[Any], tuple[tuple[type[Any], ...], Prepare]]]] = {
    "sqlite": {
        BinaryField: ((bytes,), _as_it_is),
        DateTimeField: ((datetime,), _without_zone),
        JSONField: ((dict, list), json.dumps),
    },
    "postgresql": {DateTimeField: ((datetime,), _as_it_is)},
}
"""By database and kind of field: the types of its usual values, and what makes parameters of those."""
