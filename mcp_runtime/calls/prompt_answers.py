"""Calls that leave the house and may still end in a moment: they begin without a stream, and get one if they last.

How long an upstream takes is its own affair. Most answers are there before a stream would be worth opening, and one
JSON object costs neither its events nor places counted in all replicas. What has not ended within `MOMENT_SECONDS`, or
has something to say before, goes on as every lasting call does: nothing of it is lost, and nothing is done twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.calls.loaded import LoadedTool

MOMENT_SECONDS: Final = 0.25
_OF_THIS_PROCESS: Final = "builtin"


def may_be_prompt(call: Call, tool: LoadedTool) -> bool:
    """Whether a call may begin without a stream. Not where its tool's calls at once are counted: a place must be had
    before it begins. Not where the client wants to see progress, or a session's stream would have to be kept for it."""
    spec = tool.spec
    is_ours = spec.kind == _OF_THIS_PROCESS or tool.is_own
    return not (is_ours or call.legacy or spec.concurrency is not None or "progressToken" in call.meta)


class PromptAnswer:
    """A call under way. What it says waits until there is a stream to say it on."""

    def __init__(self, run: Callable[[Emit], Awaitable[bytes]]) -> None:
        self._said: list[tuple[str, dict[str, Any], str | None]] = []
        self._emit: Emit | None = None
        self._speaks = asyncio.get_running_loop().create_future()
        self._task = asyncio.ensure_future(run(self._hear))

    async def ends_in_a_moment(self) -> bool:
        """Wait a moment; whether it has ended without having had anything to say. Cancelling this cancels the call."""
        try:
            await asyncio.wait((self._task, self._speaks), timeout=MOMENT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._task.cancel()
            raise
        return self._task.done() and not self._said

    @property
    def has_ended(self) -> bool:
        """Whether there is nothing to wait for any more."""
        return self._task.done()

    def result(self) -> bytes:
        """The answer of a call that has ended. Raises what it raised."""
        return self._task.result()

    async def give_up(self) -> None:
        """End it, and wait until it has."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def go_on(self, emit: Emit) -> bytes:
        """Its answer, with all that it says from now on, and what it has said. Cancelling this cancels the call."""
        self._emit = emit
        for said in self._said:
            emit(*said)
        try:
            return await asyncio.shield(self._task)
        except asyncio.CancelledError:
            await self.give_up()
            raise

    def _hear(self, method: str, params: dict[str, Any], request_id: str | None = None) -> None:
        if self._emit is not None:
            self._emit(method, params, request_id)
            return
        self._said.append((method, params, request_id))
        if not self._speaks.done():
            self._speaks.set_result(None)
