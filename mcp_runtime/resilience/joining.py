"""Identical calls at once become one: whoever comes while it runs waits for the same answer.

Whoever leaves ends nothing for the others; when all have left, the call is cancelled. Progress goes to all of them. A
tool that asks its caller something asks nobody here: then each call runs by itself, and the tool's calls are not joined
any more.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.toolkits.asking import InputFailed
from mcp_runtime.toolkits.context import Cancellation, Context, Notification, Progress

Work = Callable[[Context], Awaitable[ToolResult]]


class Asked(Exception):  # noqa: N818 - reads as the state it reports
    """The tool has a question for its caller, so its calls can't be one."""


class _Nobody:
    """Implements `Asker` where several are waiting: it notes that somebody should have been asked."""

    def __init__(self, capabilities: Mapping[str, Any]) -> None:
        self.capabilities = capabilities
        self.was_asked = False

    async def ask(self, key: str, request: InputRequest) -> dict[str, Any]:
        self.was_asked = True
        raise InputFailed("Several callers wait for this answer; each is asked alone.")


class Flight:
    """One call that several may wait for."""

    def __init__(self, work: Work, context: Context) -> None:
        self._waiting: list[Context] = []
        self._cancellation = Cancellation()
        self._asker = _Nobody(context.client_capabilities)
        shared = context.shared(emit=self._emit, cancellation=self._cancellation, asker=self._asker)
        self.task: asyncio.Task[ToolResult] = asyncio.ensure_future(self._run(work, shared))

    async def answer(self, context: Context) -> ToolResult:
        """Wait for it. Raises Asked, and whatever the work raises."""
        self._waiting.append(context)
        try:
            return await asyncio.shield(self.task)
        finally:
            self._waiting.remove(context)
            if not self._waiting and not self.task.done():
                self._cancellation.set("nobody waits for this any more")
                self.task.cancel()

    @property
    def can_be_joined(self) -> bool:
        """False once it is being cancelled, or has ended."""
        return not self.task.done() and not self._cancellation.is_set()

    async def _run(self, work: Work, shared: Context) -> ToolResult:
        try:
            result = await work(shared)
        finally:
            shared.close()
            if self._asker.was_asked:
                raise Asked
        return result

    def _emit(self, notification: Notification) -> None:
        for context in tuple(self._waiting):
            if isinstance(notification, Progress):
                context.progress(notification.progress, notification.total, notification.message)
            else:
                context.log(notification.level, notification.data, notification.logger)


class Flights:
    """The calls of one replica that can be joined, by all that makes them identical."""

    def __init__(self) -> None:
        self._under_way: dict[bytes, Flight] = {}
        self.joined = 0

    async def fly(self, key: bytes, context: Context, work: Work) -> ToolResult:
        """Do the work, or wait for somebody else's of the same key. Raises as `Flight.answer`."""
        flight = self._under_way.get(key)
        if flight is None or not flight.can_be_joined:
            flight = self._under_way[key] = Flight(work, context)
            flight.task.add_done_callback(partial(self._land, key, flight))
        else:
            self.joined += 1
        return await flight.answer(context)

    def _land(self, key: bytes, flight: Flight, _: object) -> None:
        if self._under_way.get(key) is flight:
            del self._under_way[key]
        if not flight.task.cancelled():
            flight.task.exception()  # whoever waited has it; where nobody did, nobody misses it
