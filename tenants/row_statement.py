"""Executing a statement that is written by hand, on the way that costs the least on each database.

For SQLite, Django puts every statement together anew, to name its parameters as SQLite does, and that takes longer than
the statement itself. Where nobody logs statements, or asks to see them, SQLite is asked past that.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.db.backends.utils import CursorWrapper


def statement_execute(cursor: CursorWrapper, statement: str, parameters: Sequence[Any]) -> None:
    """Execute a statement with `%s` in the places of its parameters, and with no other `%`. Raises what the database
    raises."""
    database = cursor.db
    if database.vendor != "sqlite" or database.queries_logged or database.execute_wrappers:
        cursor.execute(statement, parameters)
        return
    database.validate_no_broken_transaction()
    with database.wrap_database_errors:
        sqlite3.Cursor.execute(cursor.cursor, statement.replace("%s", "?"), parameters)
