"""Reading rows that a client waits for, by SQL written by hand: what `Manager.raw` does, with the way from columns to
fields worked out once. To do that anew each time takes Django longer than the database needs to answer."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from tenants.row_statement import statement_execute

Row = TypeVar("Row", bound=Model)
Reading = Callable[[Sequence[Any]], Row]


def rows_read(model: type[Row], sql: str, parameters: Sequence[Any]) -> list[Row]:
    """The rows that the statement selects. Columns of the model become its fields, others attributes; fields that are
    not among them are deferred. The statement itself says whose rows these are. Raises what the database raises."""
    with connection.cursor() as cursor:
        statement_execute(cursor, sql, parameters)
        return rows_fetch(model, cursor)


def rows_fetch(model: type[Row], cursor: CursorWrapper) -> list[Row]:
    """As `rows_read`, of a statement that was executed already."""
    read: Reading[Row] = _reading(model, tuple(column[0] for column in cursor.description), cursor.db.vendor)
    return [read(row) for row in cursor.fetchall()]


@cache
def _reading(model: type[Row], columns: tuple[str, ...], vendor: str) -> Reading[Row]:
    """Cached by vendor, because each database has converters of its own."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    places = [number for number, column in enumerate(columns) if column in fields]
    others = [(number, column) for number, column in enumerate(columns) if column not in fields]
    names = [fields[columns[number]].attname for number in places]
    conversions = [
        (number, convert, expression)
        for number, expression in ((n, fields[columns[n]].get_col(model._meta.db_table)) for n in places)
        for convert in (
            *connection.ops.get_db_converters(expression),
            *expression.output_field.get_db_converters(connection),
        )
    ]

    def read(found: Sequence[Any]) -> Row:
        values = list(found)
        for number, convert, expression in conversions:
            if values[number] is not None:  # which every converter leaves as it is
                values[number] = convert(values[number], expression, connection)
        row = model.from_db(connection.alias, names, [values[number] for number in places])
        for number, column in others:
            setattr(row, column, values[number])
        return row

    return read
