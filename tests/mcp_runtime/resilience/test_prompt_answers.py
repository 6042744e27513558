"""Calls that leave the house begin without a stream: what ends in a moment is one JSON object, and what lasts loses
nothing by it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from tests.mcp_runtime.cast import GENEROUS_LIMITS, server, tools
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.resilience.api import Api, error, http_tool, reaching
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import modern_stream

pytestmark = pytest.mark.anyio

MOST_STREAMS = 3


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api = Api()
    await api.start()
    yield api
    api.kill()


@pytest.fixture
async def running(record: Record, empty_store: str, api: Api) -> AsyncIterator[Replica]:
    offered = (http_tool("acme"), http_tool("acme", "single", concurrency=1))
    acme = server("acme", tools=(*tools(), *offered))
    limits = replace(GENEROUS_LIMITS, streams_per_principal=MOST_STREAMS)
    record.keep_server(replace(acme, tenant=replace(acme.tenant, limits=limits)))
    async with reaching(record, empty_store, api) as running:
        yield running


def arguments(item: str, name: str = "items", **more: Any) -> dict[str, Any]:
    return {"params": {"name": name, "arguments": {"item": item}}, **more}


async def places(running: Replica) -> int:
    """How many places are taken, in the store and in this process."""
    found = [key async for key in running.runtime.redis.scan_iter("*slots:*")]
    return len(found) + len(running.runtime.gate.slots._local)


async def gone(running: Replica) -> None:
    """Wait until no call runs."""
    async with asyncio.timeout(10):
        while running.runtime.metrics.calls_in_flight:
            await asyncio.sleep(0.005)


async def test_what_ends_in_a_moment_is_one_object(running: Replica) -> None:
    answer = await running.call("items", {"item": "a"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["result"]["structuredContent"] == {"number": 1}
    assert await places(running) == 0


async def test_what_lasts_gets_a_stream_and_its_places(running: Replica, api: Api) -> None:
    api.hold = asyncio.Event()
    async with asyncio.timeout(10), modern_stream(running, "tools/call", **arguments("a")) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream"
        assert await places(running) == 4
        api.hold.set()
        assert (await stream.rest())[-1]["result"]["structuredContent"] == {"number": 1}
    await gone(running)
    assert await places(running) == 0


async def test_leaving_the_stream_of_what_lasts_ends_it(running: Replica, api: Api) -> None:
    api.hold = asyncio.Event()
    async with asyncio.timeout(10):
        async with modern_stream(running, "tools/call", **arguments("a")):
            assert running.runtime.metrics.calls_in_flight == 1
        await gone(running)
    assert await places(running) == 0


@pytest.mark.parametrize("more", [{"name": "single"}, {"meta": {"progressToken": "p"}}])
async def test_counted_tools_and_watched_calls_stream_at_once(running: Replica, more: dict[str, Any]) -> None:
    async with asyncio.timeout(10), modern_stream(running, "tools/call", **arguments("a", **more)) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream"
        assert (await stream.rest())[-1]["result"]["structuredContent"] == {"number": 1}


async def test_more_at_once_than_there_are_places_are_refused(running: Replica, api: Api) -> None:
    api.hold = asyncio.Event()
    calls = [asyncio.create_task(error(running, arguments={"item": str(number)})) for number in range(MOST_STREAMS)]
    async with asyncio.timeout(10):
        while len(api.requests) < MOST_STREAMS:
            await asyncio.sleep(0.005)
        refused = await running.call("items", {"item": "z"})
    assert refused.json()["error"]["data"]["type"] == "too_many_calls"
    api.hold.set()
    assert await asyncio.gather(*calls) == [""] * MOST_STREAMS
    assert await places(running) == 0


async def test_what_is_cancelled_at_once_leaves_no_place(running: Replica, api: Api) -> None:
    api.hold = asyncio.Event()
    call = asyncio.create_task(running.call("items", {"item": "a"}))
    await asyncio.wait_for(api.came.wait(), 10)
    call.cancel()
    await gone(running)
    assert await places(running) == 0
