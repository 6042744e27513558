"""Threads that tenants share. No tenant ever holds them all, whatever its functions do, nor fills the queue alone."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

from mcp_runtime.calls.executors.builtin import ToolThreads
from mcp_runtime.toolkits.errors import ToolBusy

T = TypeVar("T")


class _Lane:
    """What one tenant has running and waiting."""

    __slots__ = ("free", "users")

    def __init__(self, share: int) -> None:
        self.free = asyncio.Semaphore(share)
        self.users = 0


class SharedThreads:
    """Runs blocking functions, for one tenant on `share` of the `threads` at once. A function keeps its thread until it
    returns, also when nobody waits for it any more: what hangs costs its own tenant's share, and nobody else's."""

    def __init__(self, threads: int, queue: int, name: str) -> None:
        self._threads = ToolThreads(threads, queue, name)
        self._share = max(1, threads // 4)
        self._waiting = max(1, queue // 4)
        self._lanes: dict[str, _Lane] = {}

    async def run(self, tenant: str, work: Callable[[], T]) -> T:
        """Run it as soon as the tenant has a thread. Raises ToolBusy where too many wait, and whatever it raises."""
        lane = self._lanes.get(tenant) or self._lanes.setdefault(tenant, _Lane(self._share))
        if lane.users >= self._share + self._waiting:
            raise ToolBusy("too many requests of this kind are waiting; try again in a moment")
        lane.users += 1
        try:
            await lane.free.acquire()
        except asyncio.CancelledError:
            self._leave(tenant, lane)
            raise
        loop = asyncio.get_running_loop()
        try:
            future = self._threads.submit(work)
        except ToolBusy:
            self._give_back(tenant, lane)
            raise

        def ended(_: object) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits for a thread any more
                loop.call_soon_threadsafe(self._give_back, tenant, lane)

        future.add_done_callback(ended)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Take nothing more; what runs ends by itself."""
        self._threads.close()

    def _give_back(self, tenant: str, lane: _Lane) -> None:
        lane.free.release()
        self._leave(tenant, lane)

    def _leave(self, tenant: str, lane: _Lane) -> None:
        lane.users -= 1
        if not lane.users:
            self._lanes.pop(tenant, None)
