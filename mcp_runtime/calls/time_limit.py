"""Waiting with a time limit, where most of what is waited for never has to wait."""

import asyncio
from collections.abc import Coroutine, Generator, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from mcp_runtime.boundary import Begun, Crash, contained

T = TypeVar("T")


class Clock:
    """The time limit of one piece of work. It stands still while the work waits for a person."""

    __slots__ = ("_left", "_stops", "_timeout")

    def __init__(self) -> None:
        self._timeout: asyncio.Timeout | None = None
        self._left = 0.0
        self._stops = 0

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Time that passes in here does not count, whichever task of the work it is that waits."""
        self._stops += 1
        if self._stops == 1:
            self._stop()
        try:
            yield
        finally:
            self._stops -= 1
            if self._stops == 0:
                self._go_on()

    @contextmanager
    def limit(self, timeout: asyncio.Timeout, seconds: float) -> Iterator[None]:
        """Have this time-out strike once so many seconds have counted."""
        self._timeout, self._left = timeout, seconds
        if self._stops == 0:
            self._go_on()
        try:
            yield
        finally:
            self._timeout = None

    def _stop(self) -> None:
        if self._timeout is None or self._timeout.expired():
            return
        strikes_at = self._timeout.when()
        if strikes_at is not None:
            self._left = strikes_at - asyncio.get_running_loop().time()
            self._timeout.reschedule(None)

    def _go_on(self) -> None:
        if self._timeout is not None and not self._timeout.expired():
            self._timeout.reschedule(asyncio.get_running_loop().time() + self._left)


async def within(seconds: float, work: Coroutine[Any, Any, T], clock: Clock | None = None) -> T:
    """Await the work for so long at most, as its clock counts. Raises TimeoutError once the time is up, after having
    cancelled it.

    Its first step is taken at once: work that is done then costs no timer, which would cost more than a quick tool.
    """
    try:
        awaited = work.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    if clock is None:
        async with asyncio.timeout(seconds):
            return await _Continued(work, awaited)
    async with asyncio.timeout(None) as timeout:
        with clock.limit(timeout, seconds):
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
