"""One ear per process for what changes, however many listen. It is there while anybody does.

Two tasks. One hears the channel of `tenants.publishing.live`. The other waits for the audit stream to grow and has it
written down at once, so that a call is on the page within a moment; without it, that happens within a second.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import msgspec
from django.conf import settings

from control_plane.live.listeners import Listener, Listeners
from mcp_runtime.contract import keys
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.replica.redis_link import connect_ear
from tenants.publishing.live import NAMES
from tenants.publishing.store import STORE_DOWN
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.services.audit_drain import audit_drain

logger = logging.getLogger(__name__)

WAIT_SECONDS: Final = 5
"""How long the store lets a question wait for something new."""

BETWEEN_DRAINS_SECONDS: Final = 0.2
"""A busy stream is written down this often at most: the worker that drains it every second has its share."""

RETRY_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 2.0
_EVERYTHING: Final = "0"


class _Announced(msgspec.Struct):
    name: str
    tenants: list[str]


class Hub:
    """The ear of one process, and everybody behind it. `hears` is False while the store can't be heard."""

    def __init__(self) -> None:
        self.listeners = Listeners()
        self._threads: DatabaseThreads | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.hears = False

    @property
    def is_running(self) -> bool:
        """True while there is somebody to hear for."""
        return bool(self._tasks)

    @asynccontextmanager
    async def listening(self, tenant: str, person: str) -> AsyncIterator[Listener]:
        """A listener to one tenant (id), for a person (id). The first one starts the ear, the last one stops it.

        It is told everything as soon as it hears: what changed before, nobody told it.
        """
        with self.listeners.listening(tenant, person) as listener:
            self._start()
            for name in NAMES if self.hears else ():
                listener.tell(name)
            try:
                yield listener
            finally:
                if len(self.listeners) == 1:
                    self._stop()

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._while_wanted(self._hear)),
                asyncio.create_task(self._while_wanted(self._hurry)),
            ]

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks, self.hears = [], False

    async def _while_wanted(self, work: Callable[[Any], Awaitable[None]]) -> None:
        """Do the work with a connection of its own, again after every failure."""
        while True:
            client = connect_ear(settings.REDIS_URL, answer_seconds=WAIT_SECONDS + ANSWER_SECONDS)
            try:
                await work(client)
            except (*STORE_DOWN, RecordUnavailable, msgspec.MsgspecError) as error:
                logger.info("what changes is not heard just now", extra={"error": type(error).__name__})
            finally:
                await client.aclose()
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self, client: Any) -> None:
        async with client.pubsub() as channel:
            await channel.subscribe(keys.LIVE)
            try:
                while True:
                    self._take(await channel.get_message(timeout=WAIT_SECONDS))
            finally:
                self.hears = False

    def _take(self, message: Any) -> None:
        if message is None:
            return
        if message["type"] == "subscribe":
            self.hears = True
            self.listeners.tell_everybody(NAMES)
        else:
            announced = msgspec.json.decode(message["data"], type=_Announced)
            self.listeners.tell(announced.name, announced.tenants)

    async def _hurry(self, client: Any) -> None:
        threads = self._threads = self._threads or DatabaseThreads(threads=1)
        while True:
            # What is written down leaves the stream, so whatever is in it is to be written down. Where another drain is
            # at it, it may have looked before the newest came: that is seen here the next time.
            if await client.xread({keys.AUDIT: _EVERYTHING}, count=1, block=WAIT_SECONDS * 1000):
                await threads.ask(audit_drain)
                await asyncio.sleep(BETWEEN_DRAINS_SECONDS)
