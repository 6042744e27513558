"""How a replica hears of changes: it polls the changes stream every second; the bus only wakes it up sooner.

So a message lost on the bus costs a second, not correctness. A new epoch (the store was emptied) or a gap in the stream
(this replica fell too far behind) makes it forget everything it knows.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, Final
from uuid import uuid4

from mcp_runtime.contract import keys
from mcp_runtime.ending import end_all
from mcp_runtime.replica.redis_link import STORE_DOWN

logger = logging.getLogger(__name__)

BATCH: Final = 1_000
BEGINNING: Final = b"0-0"


def _position(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition(b"-")
    return int(milliseconds), int(sequence or 0)


class Changes:
    """Follows what is published. `on_change(kind, name)` and `on_everything()` are called on the event loop, and so are
    those of `heard`, by channel of the bus, with whatever is said there."""

    def __init__(
        self,
        *,
        redis: Any,
        interval: float,
        limit: float,
        on_change: Callable[[str, str], None],
        on_everything: Callable[[], None],
        heard: Mapping[str, Callable[[bytes], None]],
    ) -> None:
        self._redis, self._interval, self._limit = redis, interval, limit
        self._on_change, self._on_everything = on_change, on_everything
        self._heard = {channel.encode(): hear for channel, hear in heard.items()}
        self._wake = asyncio.Event()
        self._epoch: bytes | None = None
        self._last = BEGINNING
        self._confirmed = float("-inf")
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def age(self) -> float:
        """Seconds since it was last certain that nothing had been missed; infinite before the first time."""
        return monotonic() - self._confirmed

    @property
    def are_heard(self) -> bool:
        """False once certainty is older than the limit: then cached credentials are verified in the database."""
        return monotonic() - self._confirmed < self._limit

    async def start(self) -> None:
        """Look once, then keep following until `stop`."""
        await self._look()
        self._tasks = [asyncio.create_task(self._follow()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """Stop following and wait until both tasks have ended."""
        await end_all(self._tasks)

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._wake.wait()
            self._wake.clear()
            await self._look()

    async def _look(self) -> None:
        began = monotonic()
        try:
            while await self._read():
                pass
        except STORE_DOWN as error:
            logger.warning("changes can't be read", extra={"error": type(error).__name__, "age": round(self.age, 1)})
            return
        self._confirmed = began

    async def _read(self) -> bool:
        """Read once; True while there is more to read."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(keys.EPOCH)
            pipe.xrange(keys.CHANGES, count=1)
            pipe.xrange(keys.CHANGES, min=b"(" + self._last, count=BATCH)
            epoch, oldest, entries = await pipe.execute()
        if epoch is None:
            await self._redis.set(keys.EPOCH, uuid4().hex, nx=True)
            return True
        if epoch != self._epoch:
            await self._begin_anew(epoch)
            return True
        if oldest and self._last != BEGINNING and _position(oldest[0][0]) > _position(self._last):
            logger.warning("changes were missed; forgetting everything")
            self._on_everything()
        for entry_id, fields in entries:
            self._last = entry_id
            self._on_change(fields[b"kind"].decode(), fields[b"key"].decode())
        return len(entries) == BATCH

    async def _begin_anew(self, epoch: bytes) -> None:
        """The store is new to us, or was emptied: skip to its newest change, and forget everything afterwards."""
        newest = await self._redis.xrevrange(keys.CHANGES, count=1)
        self._last = newest[0][0] if newest else BEGINNING
        self._epoch = epoch
        self._on_everything()

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(keys.BUS, *self._heard)
                    while True:
                        message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=self._interval)
                        if message is not None:
                            self._hear(message)
            except STORE_DOWN:
                await asyncio.sleep(self._interval)

    def _hear(self, message: dict[str, Any]) -> None:
        hear = self._heard.get(message["channel"])
        if hear is None:
            self._wake.set()
        else:
            hear(message["data"])
