"""Parts of long lists, by cursor: what comes in between two parts changes neither, and no part is counted off."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.core.exceptions import FieldError, ValidationError
from django.db.models import DateTimeField, Model, Q, QuerySet
from django.utils.dateparse import parse_datetime

from tenants.errors import InvalidValueError

Order = tuple[str, ...]
"""Columns that together are unique, as in `order_by`."""

MALFORMED: Final = (
    *(binascii.Error, ValueError, TypeError, OverflowError),
    *(ValidationError, FieldError, msgspec.DecodeError),
)


def cursor_of(row: Model, order: Order) -> str:
    """Where a row stands. It opens nothing: what it leads to is still looked up in the scope."""
    values = [_value(row, name.lstrip("-")) for name in order]
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def rows_after(rows: QuerySet[Any], cursor: str, order: Order) -> QuerySet[Any]:
    """The rows that come after the cursor's, in this order. Raises InvalidValueError for one of no list like this."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        values = msgspec.json.decode(text, type=list[str])
        if len(values) != len(order) or any("\x00" in value for value in values):
            raise ValueError("not a cursor of this list")
        _check_times(rows, values, order)
        return rows.filter(_after(values, order)).order_by(*order)
    except MALFORMED as error:
        raise InvalidValueError("Send the `next` of the page before, or none.", field="cursor") from error


def _check_times(rows: QuerySet[Any], values: Sequence[str], order: Order) -> None:
    """A time that is none in UTC would be found out only as the database is asked. Raises OverflowError."""
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        time = parse_datetime(value) if "__" not in column and _is_time(rows, column) else None
        if time is not None and time.tzinfo is not None:
            time.astimezone(UTC)


def _is_time(rows: QuerySet[Any], column: str) -> bool:
    return column != "pk" and isinstance(rows.model._meta.get_field(column), DateTimeField)


def backwards(order: Order) -> Order:
    """The same columns from the other end."""
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _after(values: Sequence[str], order: Order) -> Q:
    behind, equal = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        comparison = "lt" if name.startswith("-") else "gt"
        behind |= equal & Q(**{f"{column}__{comparison}": value})
        equal &= Q(**{column: value})
    # Said twice, because an index can be entered by a comparison, and not by alternatives of them.
    first = order[0].lstrip("-")
    return Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]}) & behind


def _value(row: Any, path: str) -> str:
    value = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID | int) else value
