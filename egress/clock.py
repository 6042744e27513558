"""How long the other side may take: one deadline for everything, and a shorter time for each wait."""

import asyncio
from types import TracebackType

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

    def wait(self) -> "Wait":
        """Around each wait for the other side. Raises EgressFailed (deadline_passed, went_silent)."""
        return Wait(self._ends, self._idle)


class Wait:
    """One wait, as a context manager. Written out: there are several in every exchange."""

    __slots__ = ("_ends", "_idle", "_timeout")

    def __init__(self, ends: float, idle: float) -> None:
        self._ends, self._idle = ends, idle

    async def __aenter__(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._ends:
            raise EgressFailed("deadline_passed")
        self._timeout = asyncio.timeout_at(min(self._ends, now + self._idle))
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError as expired:
            raise self._failure() from expired
        if isinstance(error, TimeoutError):
            raise self._failure() from error

    def _failure(self) -> EgressFailed:
        is_over = asyncio.get_running_loop().time() >= self._ends
        return EgressFailed("deadline_passed" if is_over else "went_silent")
