"""Tells every replica what a server says without being asked. Many words at once become one."""

import asyncio
import contextlib
from typing import Any, Final

from mcp_runtime.contract.announcements import Announcement, encode_announcement
from mcp_runtime.contract.keys import ANNOUNCEMENTS
from mcp_runtime.replica.redis_link import STORE_DOWN

GATHER_SECONDS: Final = 0.02
"""How long further announcements of the same are waited for."""


class Announcements:
    """Publishes, in the background. What a store that is away does not take is lost."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._waiting: dict[tuple[str, str | None, str, str], Announcement] = {}
        self._task: asyncio.Task[None] | None = None

    def tell(self, announcement: Announcement) -> None:
        """Publish it soon; the newest of several with the same receivers, method and topic."""
        key = (announcement.server, announcement.principal, announcement.method, announcement.topic)
        self._waiting[key] = announcement
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._publish())

    async def stop(self) -> None:
        """Wait until everything is told."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _publish(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_SECONDS)
            waiting, self._waiting = self._waiting, {}
            with contextlib.suppress(*STORE_DOWN):
                async with self._redis.pipeline(transaction=False) as pipe:
                    for announcement in waiting.values():
                        pipe.publish(ANNOUNCEMENTS, encode_announcement(announcement))
                    await pipe.execute()
