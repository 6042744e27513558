"""Asking PostgreSQL several things on one way: each of them by itself waits for two processes to be woken in turn."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections


@contextmanager
def sent_together(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """What is executed within is sent at once, in order, and has been answered at the end: until then nothing may be
    fetched, or counted. Other databases are asked one by one. What goes wrong is raised at the end, as the database
    raises it, and what comes after it is not done."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
