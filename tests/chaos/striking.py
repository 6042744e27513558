"""Strikes the blows of a run, and counts those that hit."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Sequence
from time import monotonic
from typing import Final

import psycopg
import redis

from tests.chaos.cluster import REPLICAS, TOOL_WORKERS, Cluster
from tests.chaos.nemesis import Blow
from tests.chaos.victims import every, pool_children, runners

TRIES: Final = 40
AGAIN_SECONDS: Final = 0.25
"""A victim that is just dead is waited for."""


class Striking:
    """One run's. `hits` counts the blows that hit, by target."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.hits: Counter[str] = Counter()

    async def strike(self, blows: Sequence[Blow], began: float) -> None:
        """All of them, each at its time. Where one took longer, the others wait: they are not to fall at once."""
        for blow in blows:
            began = max(began, monotonic() - blow.at)
            await asyncio.sleep(began + blow.at - monotonic())
            for _ in range(TRIES):
                if await self._hit(blow):
                    self.hits[blow.target] += 1
                    break
                await asyncio.sleep(AGAIN_SECONDS)

    async def _hit(self, blow: Blow) -> bool:
        if blow.target == "database":
            await asyncio.to_thread(self._cluster.database.die)
            await asyncio.sleep(blow.pause)
            await asyncio.to_thread(self._cluster.database.rise)
            return True
        if blow.target == "flushall":
            return await asyncio.to_thread(self._empty)
        victims = self._victims(blow.target)
        if blow.target in ("pool child", "worker"):
            busy = await asyncio.to_thread(self._busy)
            victims = [pid for pid in victims if busy & {pid, *pool_children(pid)}] or victims
        return bool(victims) and _kill(victims[int(blow.choice * len(victims))])

    def _victims(self, target: str) -> list[int]:
        workers = self._cluster.pids(TOOL_WORKERS)
        if target == "pool child":
            return every(workers, pool_children)
        if target == "runner":
            return every(workers, runners)
        programs = {"worker": TOOL_WORKERS, "runtime": REPLICAS, "reaper": ("housekeeping",)}
        return [pid for pid in self._cluster.pids(programs.get(target, (target,))) if pid is not None]

    def _busy(self) -> set[int]:
        try:
            return self._cluster.onlooker.busy()
        except psycopg.OperationalError:
            return set()

    def _empty(self) -> bool:
        try:
            self._cluster.store_empty()
        except redis.RedisError:
            return False
        return True


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
