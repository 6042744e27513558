"""The daily quota of a tenant: counted in the process, added up in Redis every 200 ms. Days are UTC.

So a tenant may exceed its quota by what all replicas admit within one interval; ARCHITECTURE.md names the bound.
"""

import asyncio
from time import time
from typing import Any, Final

from mcp_runtime.contract.keys import DAY_SECONDS, quota_key
from mcp_runtime.ending import end_all
from mcp_runtime.replica.redis_link import STORE_DOWN

FLUSH_SECONDS: Final = 0.2
KEEP_SECONDS: Final = 2 * DAY_SECONDS


class DayCount:
    """Calls of one tenant today: `known` as Redis last said, `pending` as not yet told."""

    __slots__ = ("day", "known", "pending", "tenant")

    def __init__(self, tenant: str, day: int) -> None:
        self.tenant, self.day = tenant, day
        self.known = 0
        self.pending = 0

    @property
    def used(self) -> int:
        """Calls today, as far as this replica knows."""
        return self.known + self.pending


class Quota:
    """Counts of every tenant that this replica serves."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._counts: dict[str, DayCount] = {}
        self._task: asyncio.Task[None] | None = None

    def count(self, tenant: str) -> DayCount:
        """The tenant's count. Count a call by adding to `pending`."""
        count = self._counts.get(tenant)
        if count is None:
            count = self._counts[tenant] = DayCount(tenant, _today())
        return count

    async def start(self) -> None:
        """Begin to add up."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Add up a last time."""
        if self._task is not None:
            await end_all([self._task])
        await self.flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Tell Redis what is pending, and learn the totals. Nothing is lost while Redis is away."""
        waiting = [count for count in self._counts.values() if count.pending]
        told = [count.pending for count in waiting]
        if waiting and (totals := await self._add(waiting)) is not None:
            for count, calls, total in zip(waiting, told, totals, strict=True):
                count.pending -= calls
                count.known = total
        today = _today()
        for count in self._counts.values():
            if count.day != today:
                count.day, count.known, count.pending = today, 0, 0

    async def _add(self, counts: list[DayCount]) -> list[int] | None:
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for count in counts:
                    key = quota_key(count.tenant, count.day)
                    pipe.incrby(key, count.pending)
                    pipe.expire(key, KEEP_SECONDS)
                answers = await pipe.execute()
        except STORE_DOWN:
            return None
        return [int(total) for total in answers[::2]]


def _today() -> int:
    return int(time()) // DAY_SECONDS


def seconds_until_tomorrow() -> float:
    """Seconds until the daily quotas begin anew (midnight UTC)."""
    return DAY_SECONDS - time() % DAY_SECONDS
