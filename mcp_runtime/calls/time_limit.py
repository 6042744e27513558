"""Waiting with a time limit, where most of what is waited for never has to wait."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar

from mcp_runtime.boundary import Begun, Crash, contained

T = TypeVar("T")


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """Await the work for so long at most. Raises TimeoutError once the time is up, after having cancelled it.

    Its first step is taken at once: work that is done then costs no timer, which would cost more than a quick tool.
    """
    try:
        awaited = work.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    async with asyncio.timeout(seconds):
        return await _Continued(work, awaited)


async def finish_within(seconds: float, begun: Begun[T]) -> T | Crash:
    """Await what `boundary.begin` has begun, for so long at most. Raises as `within` and `contained` do."""
    async with asyncio.timeout(seconds):
        return await contained(_Continued(begun.work, begun.awaited), *begun.expected, doing=begun.doing)


class _Continued(Generator[Any, Any, T]):
    """A coroutine after its first step: hands on what that step awaits, then goes on as the coroutine itself."""

    __slots__ = ("_awaited", "_is_handed_on", "_work")

    def __init__(self, work: Coroutine[Any, Any, T], awaited: Any) -> None:
        self._work, self._awaited, self._is_handed_on = work, awaited, False

    def __await__(self) -> Generator[Any, Any, T]:
        return self

    def send(self, value: Any) -> Any:
        if self._is_handed_on:
            return self._work.send(value)
        self._is_handed_on = True
        return self._awaited

    def throw(self, kind: Any, value: Any = None, traceback: Any = None) -> Any:
        return self._work.throw(kind if value is None else value)
