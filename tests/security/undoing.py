"""Asking, and taking back what was done."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction

WRITES: Final = ("INSERT", "UPDATE", "DELETE")
LAST_USE: Final = re.compile(r'^UPDATE "tenants_apikey" SET "last_used_at" = %s WHERE')


@contextmanager
def undone() -> Iterator[list[str]]:
    """What is done inside is taken back, so that it can be tried again by somebody else. The list fills with the
    statements that write."""
    written: list[str] = []

    def note(execute: Any, sql: str, *others: Any) -> Any:
        # A key knows when it was used last, for what it may not do, too.
        if sql.startswith(WRITES) and not LAST_USE.search(sql):
            written.append(sql)
        return execute(sql, *others)

    with transaction.atomic(), connection.execute_wrapper(note):
        yield written
        transaction.set_rollback(True)
