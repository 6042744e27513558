"""A stream whose replica is gone: whoever comes back for it is told the end, by exactly one of the others."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from tests.fixtures.process import Process, answers, free_port
from tests.fixtures.store import ValkeyServer
from tests.mcp_runtime.legacy_client import initialize, legacy_headers, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica, replica
from tests.mcp_runtime.streaming import Stream, begun, legacy_stream, resumed

pytestmark = pytest.mark.anyio

PULSE_SECONDS = 0.1
WAITING = request("tools/call", 7, name="wait", arguments={"steps": 2}, _meta={"progressToken": "p"})


@pytest.mark.processes
async def test_a_call_whose_replica_was_killed_is_answered_as_lost(
    record: Record, empty_store: str, probe: Watch, tmp_path: Path
) -> None:
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "tests.mcp_runtime.standalone", str(port), empty_store)
    async with asyncio.timeout(40), replica(record, empty_store, pulse_interval=PULSE_SECONDS) as other:
        with Process(command, tmp_path / "replica.log", {"PULSE_SECONDS": str(PULSE_SECONDS)}) as doomed:
            await asyncio.to_thread(doomed.wait_until, lambda: answers(f"{base_url}/readyz"), 20)
            session = await initialize(other)
            async with httpx.AsyncClient(base_url=base_url, timeout=20) as client:
                arguments = {"content": msgspec.json.encode(WAITING), "headers": legacy_headers(session=session)}
                async with client.stream("POST", ACME, **arguments) as response:
                    stream = Stream(response)
                    await stream.message()
                    left_at = stream.last_event_id
            async with resumed(other, session, left_at) as again:
                assert (await again.message())["params"]["progress"] == 2
                assert (await again.message())["method"] == "notifications/message"
                doomed.process.kill()
                (last,) = await again.rest()
        assert last["id"] == 7
        assert last["error"]["data"]["type"] == "call_lost"
        async with resumed(other, session, left_at) as again:
            assert (await again.rest())[-1] == last


async def test_a_replica_that_stops_says_that_its_calls_are_lost(
    served: Replica, record: Record, empty_store: str, probe: Watch
) -> None:
    async with asyncio.timeout(20):
        session = await initialize(served)
        async with replica(record, empty_store, drain_seconds=0.05) as stopping:
            left_at = await begun(stopping, session, WAITING)
        async with resumed(served, session, left_at) as again:
            last = (await again.rest())[-1]
    assert last["error"]["data"]["type"] == "call_lost"


async def test_a_living_replica_is_left_its_quiet_call(record: Record, empty_store: str, probe: Watch) -> None:
    settings = {"pulse_interval": PULSE_SECONDS, "heartbeat_interval": 20 * PULSE_SECONDS}
    async with (
        asyncio.timeout(20),
        replica(record, empty_store, **settings) as first,
        replica(record, empty_store, **settings) as second,
    ):
        session = await initialize(first)
        left_at = await begun(first, session, WAITING)
        async with resumed(second, session, left_at) as again:
            await again.line(":")
            probe.hold.set()
            assert "result" in (await again.rest())[-1]


async def test_without_redis_a_stream_goes_on_to_its_end(record: Record, probe: Watch, tmp_path: Path) -> None:
    own = ValkeyServer(tmp_path)
    own.start()
    try:
        async with asyncio.timeout(40), replica(record, own.url) as running:
            session = await initialize(running)
            async with legacy_stream(running, WAITING, session) as stream:
                await stream.message()
                own.stop()
                probe.hold.set()
                assert "result" in (await stream.rest())[-1]
    finally:
        own.stop()


async def test_a_store_that_comes_back_empty_costs_a_stream_only_its_ids(
    served: Replica, probe: Watch, store: Any
) -> None:
    session = await initialize(served)
    body = request("tools/call", 7, name="tell", arguments={"steps": 2}, _meta={"progressToken": "p"})
    async with asyncio.timeout(20), legacy_stream(served, body, session) as stream:
        await stream.message()
        store.flushall()
        probe.hold.set()
        messages = await stream.rest()
    assert [message["params"]["progress"] for message in messages[:-1]] == [1, 2]
    assert "result" in messages[-1]
