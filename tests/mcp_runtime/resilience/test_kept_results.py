"""What a tool answered is answered again to the same principal, and to everybody only where it is said to be public."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import redis.asyncio as redis
from msgspec.structs import replace

from mcp_runtime.calls.results import TextContent, ToolResult, failed
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.tools import ToolAnnotations
from mcp_runtime.resilience.kept_results import LARGEST, KeptResults
from tests.mcp_runtime.cast import ADA, GUS, MAX, credential
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.resilience.api import Api, called, give_tools, http_tool, json_answer, reaching
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica

pytestmark = pytest.mark.anyio

KEPT: dict[str, Any] = {"cache_seconds": 600.0}


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api = Api()
    await api.start()
    yield api
    api.kill()


async def number(running: Replica, name: str = "items", key: str = ADA, path: str = ACME, **arguments: str) -> int:
    """Which request at the API the answer is of."""
    result = await called(running, name, key=key, path=path, arguments=arguments)
    return int(result["structuredContent"]["number"])


async def written(running: Replica) -> None:
    await running.runtime.resilience.kept.stop()


async def test_it_is_kept_per_principal_tenant_and_arguments(record: Record, empty_store: str, api: Api) -> None:
    give_tools(record, http_tool("acme", **KEPT), http_tool("acme", "fresh"))
    give_tools(record, http_tool("globex", **KEPT), tenant="globex")
    record.keep_key(MAX, credential("acme", "max", "owner"))
    async with reaching(record, empty_store, api) as running:
        assert [await number(running, item="a") for _ in range(3)] == [1, 1, 1]
        assert await number(running, key=MAX, item="a") == 2
        assert await number(running, key=GUS, path=GLOBEX, item="a") == 3
        assert await number(running, item="b") == 4
        assert [await number(running, "fresh", item="a") for _ in range(2)] == [5, 6]
        assert await number(running, key=MAX, item="a") == 2
        result = await called(running, arguments={"item": "a"})
        assert result["_meta"]["io.atrium/cached"]["ageSeconds"] >= 0


async def test_what_is_public_is_kept_for_everybody_of_the_tenant(record: Record, empty_store: str, api: Api) -> None:
    give_tools(record, http_tool("acme", **KEPT, cache_public=True))
    give_tools(record, http_tool("globex", **KEPT, cache_public=True, id="acme-items"), tenant="globex")
    record.keep_key(MAX, credential("acme", "max", "owner"))
    async with reaching(record, empty_store, api) as running:
        assert [await number(running, key=key) for key in (ADA, MAX)] == [1, 1]
        assert await number(running, key=GUS, path=GLOBEX) == 2


async def test_another_replica_has_it_sealed_from_the_store(record: Record, empty_store: str, api: Api) -> None:
    api.answers = lambda number: json_answer({"number": number, "canary": "private-canary"})
    give_tools(record, http_tool("acme", **KEPT))
    record.keep_key(MAX, credential("acme", "max", "owner"))
    async with reaching(record, empty_store, api) as first:
        url = first.runtime.settings.public_url
        assert await number(first) == 1
        await written(first)
        async with reaching(record, empty_store, api, public_url=url) as second:
            assert await number(second) == 1
            assert await number(second, key=MAX) == 2
            store = redis.Redis.from_url(empty_store)
            names = await store.keys("atrium:result:*")
            values = [await store.get(name) for name in names]
            lifetimes = [await store.ttl(name) for name in names]
            assert values
            assert all(b"canary" not in value for value in values)
            assert all(0 < lifetime <= 600 for lifetime in lifetimes)
            for name in names:  # moved to another key, a value opens nothing
                await store.set(name, values[0])
            second.runtime.resilience.kept._known.clear()
            assert sorted([await number(second), await number(second, key=MAX)])[-1] >= 3
            await store.aclose()


async def test_a_changed_tool_is_asked_anew(record: Record, empty_store: str, api: Api) -> None:
    tool = http_tool("acme", **KEPT)
    give_tools(record, tool)
    async with reaching(record, empty_store, api) as running:
        assert await number(running) == 1
        record.change_server("acme", "desk", tools=(replace(tool, description="Changed."),))
        running.runtime.servers.forget("acme/desk")
        assert await number(running) == 2


async def test_a_changed_secret_is_another_answer(record: Record, empty_store: str, api: Api) -> None:
    secrets = {("id-of-acme", "key"): SecretValue("key", 1, "first-value")}

    class Vault:
        async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
            return secrets.get((tenant_id, name))

    constants = [{"location": "header", "name": "X-Key", "value": "{{secret.key}}"}]
    give_tools(record, http_tool("acme", **KEPT, request={"constants": constants}))
    async with reaching(record, empty_store, api) as running:
        running.runtime.secrets._vault = Vault()
        assert [await number(running) for _ in range(2)] == [1, 1]
        secrets["id-of-acme", "key"] = SecretValue("key", 2, "second-value")
        running.runtime.secrets.forget("id-of-acme/key")
        assert await number(running) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"annotations": ToolAnnotations()},
        {"annotations": ToolAnnotations(idempotent_hint=True)},
        {"cache_seconds": None},
        {"cache_seconds": 0.0},
    ],
)
async def test_what_may_have_effects_is_never_kept(
    record: Record, empty_store: str, api: Api, changes: dict[str, Any]
) -> None:
    give_tools(record, http_tool("acme", **{**KEPT, **changes}))
    async with reaching(record, empty_store, api) as running:
        assert [await number(running) for _ in range(2)] == [1, 2]


async def test_a_failure_is_not_kept(record: Record, empty_store: str, api: Api) -> None:
    api.answers = lambda number: json_answer({"number": number}, "404 No" if number == 1 else "200 OK")
    give_tools(record, http_tool("acme", **KEPT))
    async with reaching(record, empty_store, api) as running:
        assert (await called(running))["isError"] is True
        assert [await number(running) for _ in range(2)] == [2, 2]


async def test_a_tool_of_a_toolkit_is_kept_where_its_server_says_so(record: Record, empty_store: str) -> None:
    from_house = record.snapshots["acme", "desk"]
    tools = tuple(replace(tool, **KEPT) if tool.name == "echo" else tool for tool in from_house.tools)
    record.change_server("acme", "desk", tools=tools)
    async with reaching(record, empty_store, Api()) as running:
        for _ in range(3):
            result = await called(running, "echo", arguments={"text": "x"})
        assert result["structuredContent"] == {"result": "x"}
        assert running.runtime.resilience.kept.hits == 2


async def test_memory_is_bounded_and_time_ends_it() -> None:
    now = [1000.0]
    kept = KeptResults(None, (), most_bytes=4000, clock=lambda: now[0])
    for number in range(10):
        kept.keep(bytes([number]), ToolResult([TextContent("x" * 400)]), 60)
    assert kept.bytes <= 4000
    assert kept.here(b"\x00") is None
    assert kept.here(b"\x09") is not None
    kept.keep(b"large", ToolResult([TextContent("x" * LARGEST)]), 60)
    kept.keep(b"error", failed("x", "y"), 60)
    assert kept.here(b"large") is None
    assert kept.here(b"error") is None
    now[0] += 60
    assert kept.here(b"\x09") is None


async def test_without_the_store_it_is_kept_in_the_process() -> None:
    gone = redis.Redis.from_url("redis://127.0.0.1:1")
    kept = KeptResults(gone, ("secret",))
    assert await kept.elsewhere(b"key") is None
    kept.keep(b"key", ToolResult([TextContent("x")]), 60)
    assert kept.here(b"key") is not None
    await asyncio.wait_for(kept.stop(), 5)
    await gone.aclose()
