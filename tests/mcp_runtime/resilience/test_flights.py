"""What joined callers hear: progress, each of them; and a tool that asks asks each of them alone."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.resilience.joining import Asked, Flights
from mcp_runtime.toolkits.context import Cancellation, Context, Notification, Progress

pytestmark = pytest.mark.anyio


class Person:
    """Somebody who can be asked."""

    capabilities: dict[str, Any] = {"elicitation": {"form": {}}}

    async def ask(self, key: str, request: object) -> dict[str, Any]:
        raise AssertionError("joined callers are not asked")


def context(heard: list[Notification]) -> Context:
    return Context(
        emit=heard.append, cancellation=Cancellation(), tenant="acme", principal="ada", call_id="1", asker=Person()
    )


async def test_progress_goes_to_all_who_wait() -> None:
    flights, goes_on = Flights(), asyncio.Event()
    heard: list[list[Notification]] = [[], [], []]

    async def work(shared: Context) -> ToolResult:
        await goes_on.wait()
        shared.progress(1, 2)
        shared.log("info", "half")
        return ToolResult([TextContent("done")])

    calls = [asyncio.create_task(flights.fly(b"key", context(each), work)) for each in heard]
    await asyncio.sleep(0)
    calls[0].cancel()
    await asyncio.wait({calls[0]})
    goes_on.set()
    assert len({id(result) for result in await asyncio.gather(*calls[1:])}) == 1
    assert heard[0] == []
    assert heard[1] == heard[2]
    assert [isinstance(each, Progress) for each in heard[1]] == [True, False]


async def test_a_tool_that_asks_is_run_for_each_alone() -> None:
    flights = Flights()

    async def work(shared: Context) -> ToolResult:
        await asyncio.sleep(0)
        await shared.elicit("Who?", {"type": "object", "properties": {"name": {"type": "string"}}})
        return ToolResult()

    calls = [asyncio.create_task(flights.fly(b"key", context([]), work)) for _ in range(2)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [Asked, Asked]


async def test_what_fails_fails_for_all_and_the_next_is_begun_anew() -> None:
    flights = Flights()
    runs = 0

    async def work(shared: Context) -> ToolResult:
        nonlocal runs
        runs += 1
        await asyncio.sleep(0)
        if runs == 1:
            raise ValueError("broken")
        return ToolResult([TextContent("well")])

    calls = [asyncio.create_task(flights.fly(b"key", context([]), work)) for _ in range(2)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, ValueError]
    assert (await flights.fly(b"key", context([]), work)).content == [TextContent("well")]
    assert runs == 2
