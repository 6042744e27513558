"""Asking the database from a process that lives long: a connection that failed is not used again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from mcp_runtime.contract.ports import RecordUnavailable


@contextmanager
def database_asked() -> Iterator[None]:
    """Raises RecordUnavailable where the database fails; the next question then has a new connection."""
    try:
        yield
    except Error as error:
        connection.close()
        raise RecordUnavailable(f"the database can't be asked: {type(error).__name__}") from error
