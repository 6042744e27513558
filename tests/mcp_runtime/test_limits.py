"""Rates, quotas and ceilings at every level, each refusal with how long to wait, in words and in data."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from mcp_runtime.contract.limits import Rate
from mcp_runtime.sessions import standing
from tests.mcp_runtime.cast import ADA, GENEROUS, GUS, credential, tools
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.library import stock
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import GLOBEX, Replica, modern_request
from tests.mcp_runtime.streaming import modern_stream, waiting_call

pytestmark = pytest.mark.anyio

SCARCE = Rate(0.01, 3)


def limit(record: Record, **limits: Any) -> None:
    """Give acme other limits."""
    tenant = record.snapshots["acme", "desk"].tenant
    changed = msgspec.structs.replace(tenant, limits=msgspec.structs.replace(tenant.limits, **limits))
    record.change_server("acme", "desk", tenant=changed)


async def call_until_refused(*replicas: Replica, key: str = ADA) -> tuple[int, httpx.Response]:
    """Call in turn until one call is refused; how many were admitted, and the refusal."""
    for admitted in range(50):
        response = await replicas[admitted % len(replicas)].call("echo", {"text": "x"}, key)
        if response.status_code != 200:
            return admitted, response
    raise AssertionError("nothing was refused")


@pytest.mark.must("MUST-22.3")
@pytest.mark.parametrize("level", ["tenant", "principal", "server", "tool"])
async def test_each_level_admits_its_burst_across_replicas_and_says_when_to_retry(
    served: Replica, beside: Replica, record: Record, level: str
) -> None:
    if level in ("tenant", "principal"):
        limit(record, **{level: SCARCE})
    elif level == "server":
        record.change_server("acme", "desk", rate=SCARCE)
    else:
        record.change_server("acme", "desk", tools=tools(echo={"rate": SCARCE}))
    admitted, refusal = await call_until_refused(served, beside)
    assert admitted == SCARCE.burst
    assert refusal.status_code == 429
    error = refusal.json()["error"]
    assert error["data"]["type"] == "rate_limited"
    assert error["data"]["level"] == level
    assert 0 < error["data"]["retryAfterSeconds"] <= 100
    assert 1 <= int(refusal.headers["retry-after"]) <= 101
    assert "Retry in" in error["message"]
    assert (await served.call("echo", {"text": "x"}, GUS, path=GLOBEX)).status_code == 200


async def test_many_calls_at_once_share_what_the_first_of_them_draw(served: Replica) -> None:
    asked = [asyncio.ensure_future(served.call("echo", {"text": "x"})) for _ in range(40)]
    assert {response.status_code for response in await asyncio.gather(*asked)} == {200}


async def test_a_crowd_draws_no_more_leases_than_it_needs(served: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    buckets, draws = served.runtime.buckets, []
    script = buckets._script

    async def counted(**arguments: Any) -> Any:
        draws.append(arguments)
        return await script(**arguments)

    monkeypatch.setattr(buckets, "_script", counted)
    leased, single = (buckets.bucket("tenant", name, Rate(rate, 200)) for name, rate in (("a", 200), ("b", 99)))
    for bucket, most in ((leased, 200 // leased.lease), (single, 100)):
        draws.clear()
        assert await asyncio.gather(*(buckets.acquire((bucket,)) for _ in range(100))) == [None] * 100
        assert len(draws) <= most


async def test_a_principals_rate_is_its_own(served: Replica, record: Record) -> None:
    limit(record, principal=SCARCE)
    record.keep_key("other", credential("acme", "max", "owner"))
    admitted, _ = await call_until_refused(served)
    assert admitted == SCARCE.burst
    assert (await served.call("echo", {"text": "x"}, "other")).status_code == 200


async def test_a_new_key_of_the_same_family_is_no_new_allowance(served: Replica, record: Record) -> None:
    limit(record, principal=SCARCE)
    record.keep_key("rotated", credential("acme", "ada", "owner", credential_id="second", api_key="second"))
    await call_until_refused(served)
    assert (await served.call("echo", {"text": "x"}, "rotated")).status_code == 429


async def test_a_lease_is_small_and_saves_the_round_trips(served: Replica) -> None:
    await served.call("echo", {"text": "x"})
    for bucket in served.runtime.buckets.known():
        assert bucket.lease <= GENEROUS.per_second * 0.1
        assert 0 < bucket.tokens <= bucket.lease


async def test_the_daily_quota_ends_at_midnight(served: Replica, record: Record) -> None:
    limit(record, calls_per_day=4)
    admitted, refusal = await call_until_refused(served)
    assert admitted == 4
    error = refusal.json()["error"]
    assert refusal.status_code == 429
    assert error["data"]["type"] == "quota_exceeded"
    assert 0 < error["data"]["retryAfterSeconds"] <= 86_400
    assert "4 calls of today" in error["message"]


async def test_the_daily_quota_is_counted_across_replicas(served: Replica, beside: Replica, record: Record) -> None:
    limit(record, calls_per_day=4)
    for running in (served, beside):
        for _ in range(2):
            assert (await running.call("echo", {"text": "x"})).status_code == 200
        await running.runtime.quota.flush()
    assert (await beside.call("echo", {"text": "x"})).status_code == 429


async def test_calls_at_once_are_counted_across_replicas(
    served: Replica, beside: Replica, record: Record, probe: Watch
) -> None:
    limit(record, streams_per_principal=1)
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call(1)) as stream:
        await stream.message()
        refused = await beside.modern("tools/call", **waiting_call(1))
        assert refused.status_code == 429
        assert refused.json()["error"]["data"] == {
            "type": "too_many_calls", "level": "principal", "limit": 1, "remaining": 0
        }  # fmt: skip
        probe.hold.set()
        await stream.rest()
        assert (await beside.modern("tools/call", **waiting_call(1))).status_code == 200


async def test_a_tool_may_run_once_per_tenant_at_a_time(
    served: Replica, beside: Replica, record: Record, probe: Watch
) -> None:
    record.change_server("acme", "desk", tools=tools(wait={"concurrency": 1}))
    record.change_server("globex", "desk", tools=tools(wait={"concurrency": 1}))
    record.keep_key("colleague", credential("acme", "max", "owner"))
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call(1)) as stream:
        await stream.message()
        refused = await beside.modern("tools/call", "colleague", **waiting_call(1))
        assert refused.json()["error"]["data"]["level"] == "tool"
        probe.hold.set()
        assert (await beside.modern("tools/call", GUS, GLOBEX, **waiting_call(1))).status_code == 200


async def test_a_session_subscribes_to_so_many_resources_and_no_more(
    served: Replica, beside: Replica, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(record)
    monkeypatch.setattr(standing, "SUBSCRIPTIONS_AT_MOST", 2)
    session, another = await initialize(served), await initialize(served)

    async def subscribe(running: Replica, session: str, uri: str) -> httpx.Response:
        return await post(running, request("resources/subscribe", uri=uri), session=session)

    for running, uri in ((served, "shelf://1"), (beside, "shelf://2"), (served, "shelf://2")):
        assert (await subscribe(running, session, uri)).json()["result"] == {}
    refused = await subscribe(beside, session, "shelf://3")
    assert (refused.status_code, refused.json()["error"]["data"]["type"]) == (429, "too_many_subscriptions")
    assert (await subscribe(served, another, "shelf://3")).json()["result"] == {}
    assert (await post(served, request("resources/unsubscribe", uri="shelf://1"), session=session)).status_code == 200
    assert (await subscribe(beside, session, "shelf://3")).json()["result"] == {}


@pytest.mark.parametrize("name", ["echo", "erase"])  # the express lane, and the general way
async def test_json_nests_as_deep_as_the_plan_allows(served: Replica, record: Record, name: str, probe: Watch) -> None:
    limit(record, json_depth=8)
    key = "text" if name == "echo" else "name"
    for levels, status in ((4, 200), (5, 200), (6, 400), (60, 400), (2_000, 400)):
        nested = b"[" * levels + b"]" * levels
        asked = modern_request("tools/call", params={"name": name, "arguments": {key: "<nested>"}})
        body = asked["content"].replace(b'"<nested>"', nested)
        answer = await served.http.post("/mcp/acme/desk", headers=asked["headers"], content=body)
        assert answer.status_code == status, levels
        assert (status == 200) or answer.json()["error"]["data"]["type"] == "too_deep"
