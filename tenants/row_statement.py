"""Executing a statement that is written by hand, on the way that costs the least on each database.

On SQLite, Django looks for each `%s` in the whole statement anew, which takes longer than the statement itself does.
Where parameters have names it need not look for them.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from re import sub
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper


def statement_execute(cursor: CursorWrapper, statement: str, parameters: Sequence[Any]) -> None:
    """Execute a statement with `%s` in the places of its parameters, and with no other `%`. Raises what the database
    raises, and ValueError where there are more parameters than places, or fewer."""
    if connections[DEFAULT_DB_ALIAS].vendor != "sqlite":
        cursor.execute(statement, parameters)
        return
    text, names = _named(statement)
    cursor.execute(text, dict(zip(names, parameters, strict=True)))


@lru_cache(maxsize=256)
def _named(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with its parameters named, and their names in the order of their places."""
    numbers = count()
    text = sub("%s", lambda _: f"%(p{next(numbers)})s", statement)
    return text, tuple(f"p{number}" for number in range(next(numbers)))
