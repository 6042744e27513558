"""One upstream dies and comes back: its callers are told at once, nobody else notices, and nobody has to do a thing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from mcp_runtime.resilience import targets
from mcp_runtime.resilience.breaker import Policy
from tests.mcp_runtime.cast import ADA, GUS
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.resilience.api import Api, called, error, give_tools, http_tool, json_answer, reaching
from tests.mcp_runtime.serving import ACME, GLOBEX

pytestmark = pytest.mark.anyio

PATIENT = Policy(first_pause=60)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    api = Api()
    await api.start()
    yield api
    api.kill()


async def test_it_is_killed_and_started_again_under_load(record: Record, empty_store: str, api: Api) -> None:
    give_tools(record, http_tool("acme"))
    others: Counter[str] = Counter()
    ends = asyncio.Event()
    async with reaching(record, empty_store, api) as first:
        url = first.runtime.settings.public_url
        async with reaching(record, empty_store, api, public_url=url) as second:

            async def use_others() -> None:
                while not ends.is_set():
                    for running, key, path in ((first, ADA, ACME), (second, GUS, GLOBEX)):
                        others[await error(running, "echo", key=key, path=path, arguments={"text": "x"})] += 1

            load = asyncio.create_task(use_others())
            async with asyncio.timeout(20):
                assert [await error(first), await error(second)] == ["", ""]
                api.kill()
                while "upstream_open" not in {await error(first), await error(second)}:
                    pass
                seen = {await error(running) for running in (first, second) for _ in range(5)}
                assert seen <= {"upstream_open", "upstream_failed"}
                await api.start()
                while await error(first) or await error(second):
                    await asyncio.sleep(0.02)
            assert {await error(running) for running in (first, second) for _ in range(5)} == {""}
            ends.set()
            await load
    assert set(others) == {""}
    assert others[""] > 10


async def test_its_callers_are_told_at_once_and_for_how_long(record: Record, empty_store: str, api: Api) -> None:
    give_tools(record, http_tool("acme"))
    api.answers = lambda _: json_answer({"oops": True}, "503 Busy", Retry_After="120")
    async with reaching(record, empty_store, api, PATIENT) as running:
        assert {await error(running) for _ in range(5)} == {"upstream_status"}
        sent = len(api.requests)
        result = await called(running)
    assert len(api.requests) == sent
    told = result["_meta"]["io.atrium/error"]
    assert (told["type"], told["reason"]) == ("upstream_open", "status_503")
    assert 60 < told["retry_after"] <= 120
    assert f"Retry in {told['retry_after']} s." in result["content"][0]["text"]


async def test_a_refusal_of_the_request_is_no_trouble_of_the_upstream(
    record: Record, empty_store: str, api: Api
) -> None:
    give_tools(record, http_tool("acme"))
    api.answers = lambda _: json_answer({"no": "such item"}, "404 Not Found")
    async with reaching(record, empty_store, api, PATIENT) as running:
        assert {await error(running) for _ in range(12)} == {"upstream_status"}
    assert len(api.requests) == 12


async def test_the_other_tenant_asks_the_same_origin_by_its_own_breaker(
    record: Record, empty_store: str, api: Api
) -> None:
    give_tools(record, http_tool("acme"))
    give_tools(record, http_tool("globex"), tenant="globex")
    api.answers = lambda number: json_answer({}, "500 Oops" if number <= 5 else "200 OK")
    async with reaching(record, empty_store, api, PATIENT) as running:
        assert [await error(running) for _ in range(6)][-1] == "upstream_open"
        assert await error(running, key=GUS, path=GLOBEX) == ""
        shown = running.runtime.metrics.render().decode()
    assert 'atrium_breaker_state{tenant_id="id-of-acme",upstream="http https://api.example"} 2.0' in shown
    assert "id-of-globex" not in shown


async def test_what_hangs_counts_and_gets_no_longer_than_the_call_has(
    record: Record, empty_store: str, api: Api
) -> None:
    give_tools(record, http_tool("acme", timeout_seconds=1.0))
    api.hold = asyncio.Event()
    async with reaching(record, empty_store, api, PATIENT) as running:
        calls = (error(running, arguments={"item": str(number)}) for number in range(5))
        assert set(await asyncio.gather(*calls)) <= {"timeout", "upstream_failed"}
        assert await error(running) == "upstream_open"
    api.hold.set()


async def test_a_slow_upstream_takes_its_own_places_alone(
    record: Record, empty_store: str, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(targets, "AT_ONCE", 5)
    give_tools(record, http_tool("acme"), http_tool("acme", "other", request={"url": "https://other.example/v1"}))
    api.hold = asyncio.Event()
    async with reaching(record, empty_store, api, PATIENT) as running:
        waiting = [asyncio.create_task(error(running, arguments={"item": str(number)})) for number in range(5)]
        async with asyncio.timeout(10):
            while len(api.requests) < 5:
                await asyncio.sleep(0.01)
        assert await error(running, arguments={"item": "one more"}) == "upstream_busy"
        other = asyncio.create_task(error(running, "other"))
        async with asyncio.timeout(10):
            while len(api.requests) < 6:
                await asyncio.sleep(0.01)
        api.hold.set()
        assert await other == ""
        assert set(await asyncio.gather(*waiting)) == {""}
        assert await error(running) == ""
        assert running.runtime.resilience.guards.bulkhead.out == 0
