"""How long the other side may take: one deadline for everything, and a shorter time for each wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from egress.errors import EgressFailed


class Clock:
    """Starts when it is made, in a running loop. Both times are seconds."""

    def __init__(self, deadline: float, idle: float) -> None:
        self._began = asyncio.get_running_loop().time()
        self._ends = self._began + deadline
        self._idle = idle

    def allow(self, deadline: float) -> None:
        """From now on the deadline is so many seconds after the start."""
        self._ends = self._began + deadline

    @asynccontextmanager
    async def wait(self) -> AsyncIterator[None]:
        """Around each wait for the other side. Raises EgressFailed (deadline_passed, went_silent)."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._ends:
            raise EgressFailed("deadline_passed")
        try:
            async with asyncio.timeout_at(min(self._ends, loop.time() + self._idle)):
                yield
        except TimeoutError as error:
            raise EgressFailed("deadline_passed" if loop.time() >= self._ends else "went_silent") from error
