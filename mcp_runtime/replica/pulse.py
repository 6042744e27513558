"""A replica's sign of life: a key in Redis that it renews while somebody relies on it, and that expires soon after it.

Others only ask whether it is there. One look that finds nothing proves nothing: Redis may just have come back.
"""

import asyncio
import contextlib
from secrets import token_hex
from typing import Any, Final

from mcp_runtime.contract.keys import PREFIX
from mcp_runtime.ending import end_all
from mcp_runtime.replica.redis_link import STORE_DOWN

LASTS: Final = 3
"""Intervals after which a replica that says nothing counts as silent."""


class Pulse:
    """One replica's. `interval` is seconds between two signs; `replica` names this process, and no later one."""

    def __init__(self, redis: Any, interval: float) -> None:
        self._redis, self.interval = redis, interval
        self.replica = token_hex(8)
        self._holders = 0
        self._task: asyncio.Task[None] | None = None

    def hold(self) -> None:
        """Somebody relies on it from now on."""
        self._holders += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._beat())

    def let_go(self) -> None:
        """One less relies on it. The last one's sign expires by itself."""
        self._holders -= 1

    async def stop(self) -> None:
        """This replica ends: others need not wait to find out."""
        if self._task is None:
            return
        await end_all([self._task])
        with contextlib.suppress(*STORE_DOWN):
            await self._redis.delete(pulse_key(self.replica))

    async def _beat(self) -> None:
        while self._holders > 0:
            with contextlib.suppress(*STORE_DOWN):
                await self._redis.set(pulse_key(self.replica), b"1", px=round(self.interval * LASTS * 1000))
            await asyncio.sleep(self.interval)


def pulse_key(replica: str) -> str:
    """Where a replica's sign of life is."""
    return f"{PREFIX}pulse:{replica}"
