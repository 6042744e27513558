"""A resource, prompt or completion that fails, takes too long or says too much; and what the audit keeps."""

import asyncio

import msgspec
import pytest

from mcp_runtime.calls import primitive_calls
from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import AuditEvent, decode_events
from tests.mcp_runtime.cast import GENEROUS_LIMITS, GUS
from tests.mcp_runtime.library import ERAS, ask, error_of, result_of, stock
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import GLOBEX, Replica

pytestmark = pytest.mark.anyio

BROKEN = ["shelf://broken", "shelf://leaving", "shelf://none", "shelf://neither", "shelf://mangled"]


@pytest.fixture
def record(record: Record) -> Record:
    stock(record)
    return record


async def kept(served: Replica, publisher: Publisher, method: str) -> list[AuditEvent]:
    """What the audit was told of a method."""
    await served.runtime.audit.flush()
    batches = await publisher.redis.xrange(keys.AUDIT)
    events = [event for _, fields in batches for event in decode_events(fields[b"events"])]
    return [event for event in events if event.method == method]


@pytest.mark.parametrize("era", ERAS)
async def test_a_crash_is_an_incident_that_shows_nothing(served: Replica, era: str) -> None:
    for uri in BROKEN:
        response = await ask(served, era, "resources/read", uri=uri)
        error = response.json()["error"]
        assert (response.status_code, error["code"], error["data"]["type"]) == (200, -32603, "crashed")
        assert error["data"]["incident"] in error["message"]
        assert "canary" not in response.text
    assert served.runtime.metrics.incidents == len(BROKEN)
    assert (await result_of(served, era, "resources/read", uri="shelf://motto"))["contents"]


@pytest.mark.must("MUST-23.5")
@pytest.mark.parametrize("era", ERAS)
async def test_a_prompt_with_broken_content_reaches_nobody(served: Replica, era: str) -> None:
    assert (await error_of(served, era, "prompts/get", name="spoiled"))["data"]["type"] == "crashed"


@pytest.mark.parametrize("era", ERAS)
async def test_what_the_author_means_to_say_is_said(served: Replica, era: str) -> None:
    error = await error_of(served, era, "resources/read", uri="shelf://closed")
    assert (error["code"], error["message"]) == (-32603, "The library is closed on Sundays.")
    assert error["data"] == {"type": "toolkit_error", "error": "closed"}


@pytest.mark.parametrize("era", ERAS)
async def test_time_is_limited(served: Replica, era: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(primitive_calls, "SECONDS", 0.05)
    async with asyncio.timeout(5):
        error = await error_of(served, era, "resources/read", uri="shelf://endless")
    assert (error["code"], error["data"]["type"]) == (-32603, "timeout")


@pytest.mark.parametrize("era", ERAS)
async def test_more_than_the_plan_allows_is_not_sent(served: Replica, era: str) -> None:
    error = await error_of(served, era, "resources/read", uri="shelf://heavy")
    assert (error["code"], error["data"]["type"]) == (-32603, "result_too_large")
    assert error["data"]["limit"] == GENEROUS_LIMITS.result_bytes


async def test_as_many_at_once_as_the_plan_allows(
    served: Replica, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(primitive_calls, "SECONDS", 2)
    tenant = record.snapshots["acme", "desk"].tenant
    few = msgspec.structs.replace(GENEROUS_LIMITS, calls_in_flight=1)
    record.change_server("acme", "desk", tenant=msgspec.structs.replace(tenant, limits=few))
    first = asyncio.ensure_future(served.modern("resources/read", params={"uri": "shelf://endless"}))
    async with asyncio.timeout(5):
        while not any(load.in_flight for load in served.runtime._loads.values()):
            await asyncio.sleep(0.01)
        refused = await served.modern("resources/read", params={"uri": "shelf://motto"})
        assert (refused.status_code, refused.json()["error"]["data"]["type"]) == (429, "too_many_calls")
        other = await served.modern("resources/read", GUS, GLOBEX, params={"uri": "shelf://motto"})
        assert other.status_code == 200
    first.cancel()


@pytest.mark.parametrize("era", ERAS)
async def test_the_audit_keeps_who_read_what(served: Replica, publisher: Publisher, era: str) -> None:
    await ask(served, era, "resources/read", uri="shelf://motto")
    await ask(served, era, "resources/read", uri="shelf://absent")
    await ask(served, era, "resources/read", uri="shelf://closed")
    read, absent, closed = await kept(served, publisher, "resources/read")
    assert (read.outcome, read.user, read.tenant_id) == ("ok", "id-of-ada", "id-of-acme")
    assert msgspec.json.decode(read.arguments or "") == {"uri": "shelf://motto"}
    assert (absent.outcome, absent.reason) == ("refused", "resource_not_found")
    assert (closed.outcome, closed.reason) == ("tool_error", "closed")


@pytest.mark.parametrize("era", ERAS)
async def test_the_audit_keeps_no_secret_of_a_prompt(served: Replica, publisher: Publisher, era: str) -> None:
    secret = "Bearer abcdefghijklmnop"
    await ask(served, era, "prompts/get", name="guide", arguments={"country": "de", "town": secret})
    (got,) = await kept(served, publisher, "prompts/get")
    assert got.outcome == "ok"
    assert msgspec.json.decode(got.arguments or "")["arguments"] == {"country": "de", "town": "[redacted]"}


async def test_where_everything_must_be_recorded_nothing_is_read_unrecorded(served: Replica, record: Record) -> None:
    tenant = record.snapshots["acme", "desk"].tenant
    record.change_server("acme", "desk", tenant=msgspec.structs.replace(tenant, audit="strict"))
    await result_of(served, "2026-07-28", "resources/read", uri="shelf://motto")
    assert [event.method for event in record.committed] == ["resources/read"]
    record.down = True
    refused = await served.modern("resources/read", params={"uri": "shelf://motto"})
    assert (refused.status_code, refused.json()["error"]["data"]["type"]) == (503, "audit_unavailable")
