"""The few threads in which the runtime's questions reach the database, apart from its event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from django.db import Error, connections

from mcp_runtime.contract.ports import RecordUnavailable

T = TypeVar("T")

THREADS: Final = 4
PATIENCE_SECONDS: Final = 10.0


class DatabaseThreads:
    """A bounded pool, each thread with its own connection. One per process; `close` ends it."""

    def __init__(self, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="database")

    async def ask(self, question: Callable[[], T]) -> T:
        """Run a question that uses the ORM. Raises RecordUnavailable where the database fails or takes too long."""
        answer = asyncio.get_running_loop().run_in_executor(self._pool, _ask, question)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await answer
        except TimeoutError as error:
            raise RecordUnavailable("the database takes too long") from error

    def close(self) -> None:
        """Let running questions end and take no more."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _ask(question: Callable[[], T]) -> T:
    try:
        return question()
    except Error as error:
        raise RecordUnavailable(f"the database can't be asked: {type(error).__name__}") from error
    finally:
        _let_go()


def _let_go() -> None:
    """Give a connection back to the pool of PostgreSQL's. A file of SQLite stays open: the thread lives as long as the
    process, and to open it costs more than most questions."""
    for connection in connections.all(initialized_only=True):
        is_fine = not connection.errors_occurred and not connection.in_atomic_block
        if connection.vendor != "sqlite" or not is_fine:
            connection.close_if_unusable_or_obsolete()
