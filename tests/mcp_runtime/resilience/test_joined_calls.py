"""Identical calls at once are one, for one principal and one tool; whoever leaves ends nothing for the others."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from mcp_runtime.contract.tools import ToolAnnotations
from tests.mcp_runtime.cast import ADA, GUS, MAX, credential
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.resilience.api import Api, called, error, give_tools, http_tool, reaching
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api = Api()
    api.hold = asyncio.Event()
    await api.start()
    yield api
    api.kill()


@pytest.fixture
async def running(record: Record, empty_store: str, api: Api) -> AsyncIterator[Replica]:
    give_tools(record, http_tool("acme"), http_tool("acme", "write", annotations=ToolAnnotations()))
    give_tools(record, http_tool("globex"), tenant="globex")
    record.keep_key(MAX, credential("acme", "max", "owner"))
    async with reaching(record, empty_store, api) as running:
        yield running


def begun(
    running: Replica, name: str = "items", key: str = ADA, path: str = ACME, **arguments: str
) -> "asyncio.Task[str]":
    return asyncio.create_task(error(running, name, key=key, path=path, arguments=arguments))


async def reached(api: Api, number: int) -> None:
    async with asyncio.timeout(10):
        while len(api.requests) < number:
            await asyncio.sleep(0.005)


async def in_flight(running: Replica, number: int) -> None:
    async with asyncio.timeout(10):
        while running.runtime.metrics.calls_in_flight < number:
            await asyncio.sleep(0.005)


async def test_the_same_call_goes_out_once(running: Replica, api: Api) -> None:
    calls = [asyncio.create_task(called(running, arguments={"item": "a"})) for _ in range(6)]
    await in_flight(running, 6)
    assert api.hold is not None
    api.hold.set()
    assert {str(result["structuredContent"]) for result in await asyncio.gather(*calls)} == {"{'number': 1}"}
    assert running.runtime.resilience.flights.joined == 5
    assert (await called(running, arguments={"item": "a"}))["structuredContent"] == {"number": 2}


async def test_others_arguments_principals_tenants_and_effects_go_out_by_themselves(running: Replica, api: Api) -> None:
    calls = [
        begun(running, item="a"),
        begun(running, item="b"),
        begun(running, key=MAX, item="a"),
        begun(running, key=GUS, path=GLOBEX, item="a"),
        begun(running, "write", item="a"),
        begun(running, "write", item="a"),
    ]
    await reached(api, 6)
    assert api.hold is not None
    api.hold.set()
    assert set(await asyncio.gather(*calls)) == {""}
    assert running.runtime.resilience.flights.joined == 0


async def test_whoever_leaves_ends_nothing_for_the_others(running: Replica, api: Api) -> None:
    first, second = begun(running, item="a"), begun(running, item="a")
    await in_flight(running, 2)
    first.cancel()
    await asyncio.wait({first})
    async with asyncio.timeout(10):
        while running.runtime.metrics.calls_in_flight > 1:
            await asyncio.sleep(0.005)
    assert api.hold is not None
    api.hold.set()
    assert await second == ""
    assert len(api.requests) == 1


async def test_when_all_have_left_it_is_cancelled(running: Replica, api: Api) -> None:
    calls = [begun(running, item="a") for _ in range(2)]
    await reached(api, 1)
    await in_flight(running, 2)
    for call in calls:
        call.cancel()
    async with asyncio.timeout(10):
        while running.runtime.resilience.guards.bulkhead.out:
            await asyncio.sleep(0.005)


async def test_a_tool_that_changed_meanwhile_is_another(running: Replica, record: Record, api: Api) -> None:
    first = begun(running, item="a")
    await reached(api, 1)
    changed = replace(http_tool("acme"), description="Now it says more.")
    record.change_server("acme", "desk", tools=(changed,))
    running.runtime.servers.forget("acme/desk")
    second = begun(running, item="a")
    await reached(api, 2)
    assert api.hold is not None
    api.hold.set()
    assert [await first, await second] == ["", ""]
