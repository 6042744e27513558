"""What a server says without being asked, in the order in which it came."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

from msgspec import Struct

WITHIN_SECONDS: Final = 20.0


class Change(Struct, frozen=True):
    """A notification: its method, and the URI of the resource that has changed, where it is about one."""

    method: str
    uri: str = ""


class Changes:
    """Hears while `ToolkitClient.listening` is open."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[Change] = asyncio.Queue()

    async def next(self) -> Change:
        """The next that was said and not looked at yet. Raises TimeoutError where nothing comes for 20 seconds."""
        async with asyncio.timeout(WITHIN_SECONDS):
            return await self._heard.get()

    async def hear(self, messages: AsyncIterator[dict[str, Any]]) -> None:
        """Take what comes, to the end."""
        async for message in messages:
            if "method" in message:
                self._heard.put_nowait(Change(message["method"], message.get("params", {}).get("uri", "")))
