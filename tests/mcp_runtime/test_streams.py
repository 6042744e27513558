"""Lasting calls: progress while they run, cancellation as each era means it, and an end when they are revoked."""

import asyncio

import pytest

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import Replica, replica
from tests.mcp_runtime.streaming import legacy_stream, modern_stream, waiting_call

pytestmark = pytest.mark.anyio


@pytest.mark.must("MUST-24.3")
async def test_progress_comes_while_the_call_runs_and_stops_with_it(served: Replica, probe: Watch) -> None:
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call(3)) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream"
        assert stream.response.headers["x-accel-buffering"] == "no"
        for step in (1, 2, 3):
            message = await stream.message()
            assert message["method"] == "notifications/progress"
            assert message["params"] == {"progressToken": "p", "progress": step, "total": 3, "message": f"step {step}"}
        assert not probe.ended.is_set()
        probe.hold.set()
        (last,) = await stream.rest()
        assert last["result"]["structuredContent"] == {"result": "let go"}


@pytest.mark.must("MUST-21.1", "MUST-24.1")
async def test_without_a_token_and_a_level_only_the_answer_comes(served: Replica, probe: Watch) -> None:
    probe.hold.set()
    options = {"params": {"name": "wait", "arguments": {"steps": 2}}}
    async with modern_stream(served, "tools/call", **options) as stream:
        assert [message.get("method") for message in await stream.rest()] == [None]


@pytest.mark.must("MUST-21.1")
async def test_log_messages_come_from_the_level_asked_for(served: Replica, probe: Watch) -> None:
    probe.hold.set()
    for level, expected in (("debug", 2), ("info", 1), ("error", 0)):
        options = {**waiting_call(0), "meta": {"io.modelcontextprotocol/logLevel": level}}
        async with modern_stream(served, "tools/call", **options) as stream:
            logs = [message for message in await stream.rest() if message.get("method") == "notifications/message"]
        assert len(logs) == expected
    refused = await served.modern("tools/list", meta={"io.modelcontextprotocol/logLevel": "loud"})
    assert refused.json()["error"]["code"] == -32602


async def test_a_heartbeat_keeps_a_quiet_stream_open(record: Record, empty_store: str, probe: Watch) -> None:
    async with (
        asyncio.timeout(10),
        replica(record, empty_store, heartbeat_interval=0.05) as running,
        modern_stream(running, "tools/call", **waiting_call(0)) as stream,
    ):
        for _ in range(3):
            await stream.line(":")
        probe.hold.set()
        assert len(await stream.rest()) == 1


@pytest.mark.must("MUST-19")
async def test_closing_the_stream_of_a_modern_request_cancels_it(served: Replica, probe: Watch) -> None:
    async with asyncio.timeout(10):
        async with modern_stream(served, "tools/call", **waiting_call()) as stream:
            await stream.message()
        await probe.ended.wait()
    assert not probe.hold.is_set()


async def test_a_legacy_call_outlives_its_connection(served: Replica, probe: Watch) -> None:
    session = await initialize(served)
    body = request("tools/call", 7, name="wait", arguments={"steps": 1}, _meta={"progressToken": 1})
    async with asyncio.timeout(10):
        async with legacy_stream(served, body, session) as stream:
            await stream.message()
        assert (await post(served, request("ping", 8), session=session)).status_code == 200
        assert not probe.ended.is_set()
        probe.hold.set()
        await probe.ended.wait()


async def test_a_legacy_call_is_cancelled_through_another_replica(
    served: Replica, beside: Replica, probe: Watch
) -> None:
    session = await initialize(served)
    body = request("tools/call", "call-1", name="wait", arguments={"steps": 1}, _meta={"progressToken": 1})
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "call-1"}}
    other = await initialize(beside)
    async with asyncio.timeout(10), legacy_stream(served, body, session) as stream:
        await stream.message()
        assert (await post(beside, cancel, session=other)).status_code == 202
        assert (await post(beside, request("ping", 2), session=session)).status_code == 200
        assert not probe.ended.is_set()  # another session's request of the same id is another request
        assert (await post(beside, cancel, session=session)).status_code == 202
        assert all("id" not in message for message in await stream.rest())
        await probe.ended.wait()


async def test_a_request_id_stands_for_one_running_request(served: Replica, probe: Watch) -> None:
    session = await initialize(served)
    body = request("tools/call", 5, name="wait", arguments={"steps": 1}, _meta={"progressToken": 1})
    async with asyncio.timeout(10), legacy_stream(served, body, session) as stream:
        await stream.message()
        again = await post(served, request("ping", 5), session=session)
        assert again.status_code == 400
        assert "still running" in again.json()["error"]["message"]
        probe.hold.set()
        assert (await stream.rest())[-1]["id"] == 5


@pytest.mark.parametrize("silently", [False, True])
async def test_a_revoked_key_ends_its_running_call(
    served: Replica, record: Record, publisher: Publisher, probe: Watch, silently: bool
) -> None:
    async with asyncio.timeout(5), modern_stream(served, "tools/call", **waiting_call(1)) as stream:
        await stream.message()
        revoked = record.revoke(ADA)
        await publisher.revocation(ADA, revoked.version + 1, silently=silently)
        (last,) = await stream.rest()
        assert last["error"]["data"]["type"] == "unauthenticated"
        await probe.ended.wait()


async def test_a_withdrawn_grant_ends_the_running_call(
    served: Replica, record: Record, publisher: Publisher, probe: Watch
) -> None:
    async with asyncio.timeout(5), modern_stream(served, "tools/call", **waiting_call(1)) as stream:
        await stream.message()
        await publisher.server(record.change_server("acme", "desk", grants=()))
        assert "error" in (await stream.rest())[-1]
        await probe.ended.wait()
