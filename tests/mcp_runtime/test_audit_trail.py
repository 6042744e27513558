"""Every call leaves one event, refused ones included; secrets are cut out; effects are recorded before they happen."""

import asyncio
from typing import Any

import msgspec
import pytest

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import AuditEvent, decode_events
from tests.mcp_runtime.cast import MAX
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import modern_stream, waiting_call

pytestmark = pytest.mark.anyio


async def flushed(served: Replica, publisher: Publisher) -> list[AuditEvent]:
    """Everything that the replica has told the store so far."""
    await served.runtime.audit.flush()
    batches = await publisher.redis.xrange(keys.AUDIT)
    return [event for _, fields in batches for event in decode_events(fields[b"events"])]


async def test_every_call_leaves_one_event(served: Replica, publisher: Publisher) -> None:
    await served.call("echo", {"text": "hello"}, headers={"User-Agent": "probe/1"}, id="r-1")
    await served.call("echo", {})
    await served.call("nothing", {})
    await served.call("echo", {"text": "x"}, MAX)
    await served.call("crash", {})
    await served.call("complain", {})
    found = await flushed(served, publisher)
    assert [(event.tool, event.outcome, event.reason) for event in found[:4]] == [
        ("echo", "ok", ""),
        ("echo", "refused", "invalid_arguments"),
        ("nothing", "refused", "unknown_tool"),
        ("echo", "refused", "not_granted"),
    ]
    assert found[4].outcome == "crashed"
    assert (found[5].outcome, found[5].reason) == ("tool_error", "unknown_city")
    first = found[0]
    assert (first.tenant_id, first.server_id, first.user) == ("id-of-acme", "id-of-acme-desk", "id-of-ada")
    assert (first.request_id, first.user_agent, first.address) == ("r-1", "probe/1", "127.0.0.1")
    assert first.arguments == '{"text":"hello"}'
    assert first.duration_ms > 0
    assert len({event.id for event in found}) == 6 == served.runtime.audit.events_total


async def test_secrets_in_arguments_are_not_kept(served: Replica, publisher: Publisher) -> None:
    await served.call("echo", {"text": "Bearer canary0123456789"})
    await served.call("echo", {"text": "x", "password": "canary", "nested": {"apiKey": "canary"}})
    (first, second) = await flushed(served, publisher)
    assert "canary" not in str(msgspec.to_builtins([first, second]))
    assert second.arguments == '{"text":"x","password":"[redacted]","nested":{"apiKey":"[redacted]"}}'


async def test_an_effect_is_recorded_before_it_happens(served: Replica, record: Record, probe: Watch) -> None:
    await served.call("erase", {"name": "file"})
    assert probe.effects == ["file"]
    intent, outcome = record.committed
    assert (intent.phase, intent.outcome, outcome.phase, outcome.outcome) == ("intent", "pending", "outcome", "ok")
    assert intent.id == outcome.id
    record.down = True
    refused = await served.call("erase", {"name": "another"})
    assert refused.status_code == 503
    assert refused.json()["error"]["data"]["type"] == "audit_unavailable"
    assert probe.effects == ["file"]
    assert (await served.call("echo", {"text": "harmless"})).status_code == 200


async def test_a_strict_tenant_runs_nothing_unaudited(served: Replica, record: Record) -> None:
    tenant = msgspec.structs.replace(record.snapshots["acme", "desk"].tenant, audit="strict")
    record.change_server("acme", "desk", tenant=tenant)
    assert (await served.call("echo", {"text": "x"})).status_code == 200
    assert [event.phase for event in record.committed] == ["intent", "outcome"]
    record.down = True
    assert (await served.call("echo", {"text": "x"})).status_code == 503


async def test_a_cancelled_call_is_recorded_as_such(served: Replica, publisher: Publisher, probe: Watch) -> None:
    async with asyncio.timeout(10):
        async with modern_stream(served, "tools/call", **waiting_call()) as stream:
            await stream.message()
        await probe.ended.wait()
        while not (found := await flushed(served, publisher)):
            await asyncio.sleep(0.01)
    assert [event.outcome for event in found] == ["cancelled"]


async def test_events_go_to_the_record_while_the_store_is_away(
    served: Replica, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    await served.call("echo", {"text": "warm"})
    await served.runtime.audit.flush()
    monkeypatch.setattr(served.runtime.redis, "xadd", away)
    await served.call("echo", {"text": "x"})
    await served.runtime.audit.flush()
    assert [event.tool for event in record.committed] == ["echo"]
    record.down = True
    await served.call("echo", {"text": "kept"})
    await served.runtime.audit.flush()
    assert served.runtime.audit.backlog == 1
    record.down = False
    await served.runtime.audit.flush()
    assert [event.arguments for event in record.committed][-1] == '{"text":"kept"}'


async def test_the_metrics_count_what_the_trail_counts(served: Replica) -> None:
    for _ in range(3):
        await served.call("echo", {"text": "x"})
    text = (await served.http.get("/metrics")).text
    assert "atrium_audit_events_total 3.0" in text
    assert 'atrium_calls_total{outcome="ok"} 3.0' in text
    assert (await served.http.get("/metrics", headers={"X-Forwarded-For": "1.2.3.4"})).status_code == 404
