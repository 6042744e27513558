"""An upstream that does as a test says, and its tools, ready to be called."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from mcp_runtime.calls.results import ERROR_META, ToolResult
from mcp_runtime.toolkits.context import Cancellation, Context, Notification
from mcp_runtime.upstreams.executor import UpstreamExecutor
from tests.mcp_runtime.upstreams.scripted import Scripted
from tests.mcp_runtime.upstreams.world import World, serving, world


@dataclass
class Line:
    """An upstream of acme's, and calls of its tools."""

    upstream: Scripted
    world: World
    said: list[Notification]

    async def call(self, name: str = "act", user: str | None = None, **changes: Any) -> ToolResult:
        """One call of a tool as it is approved: as it was offered when the test began."""
        approved = changes.pop("approved", None)
        definition = approved or next(each for each in self.upstream.tools if each["name"] == name)
        spec = self.world._tool(definition, changes)
        context = Context(
            emit=self.said.append,
            cancellation=Cancellation(),
            tenant="acme",
            principal=f"acme|{user}|client",
            call_id="call-1",
            user=user,
        )
        return await UpstreamExecutor(self.world.upstreams).bind(spec)({}, context)


Begin = Callable[..., Awaitable[Line]]


@pytest.fixture
async def line() -> AsyncIterator[Begin]:
    """Begins one: `await line(upstream, **changes of its spec)`."""
    async with AsyncExitStack() as running:

        async def begin(upstream: Scripted | None = None, **changes: Any) -> Line:
            upstream = upstream or Scripted()
            port = await running.enter_async_context(serving(upstream))
            found = await running.enter_async_context(world(port, **changes))
            return Line(upstream, found, [])

        yield begin


def kind(result: ToolResult) -> str:
    """The type of a failed result; empty for one that did not fail."""
    return str((result.meta or {}).get(ERROR_META, {}).get("type", ""))
