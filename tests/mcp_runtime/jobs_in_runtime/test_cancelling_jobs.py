"""Who cancels a call cancels its job; a replica that stops does not, nor who goes away after the answer."""

import asyncio

import pytest

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import Replica, modern_request, replica
from tests.mcp_runtime.streaming import legacy_stream, modern_stream, waiting_call

pytestmark = pytest.mark.anyio


@pytest.mark.must("MUST-19")
async def test_closing_the_stream_of_a_modern_call_cancels_its_job(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10):
        async with modern_stream(served, "tools/call", **waiting_call()) as stream:
            job_id = await worker.take()
            await worker.report(job_id, 1)
            await stream.message()
        assert await worker.jobs.cancelled.get() == job_id
    assert served.runtime.job_events.waiting == 0


async def test_so_does_a_client_without_streams_that_goes_away(served: Replica, worker: Worker) -> None:
    options = modern_request("tools/call", **{**waiting_call(), "headers": {"Accept": "application/json"}})
    asking = asyncio.ensure_future(served.http.post("/mcp/acme/desk", **options))
    async with asyncio.timeout(10):
        job_id = await worker.take()
        asking.cancel()
        assert await worker.jobs.cancelled.get() == job_id


async def test_a_job_named_in_an_answer_goes_on(record: Record, empty_store: str, worker: Worker) -> None:
    async with asyncio.timeout(10), replica(record, empty_store, job_patience=0.05) as running:
        options = {"params": {"name": "wait", "arguments": {"steps": 1}}}
        async with modern_stream(running, "tools/call", **options) as stream:
            await stream.message()
        await running.modern("tools/list")
    assert worker.jobs.cancelled.empty()


async def test_an_ended_job_is_not_cancelled(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call()) as stream:
        await worker.finish(await worker.take())
        await stream.message()
    await served.modern("tools/list")
    assert worker.jobs.cancelled.empty()


async def test_a_legacy_job_outlives_its_connection_and_is_cancelled_through_another_replica(
    served: Replica, beside: Replica, worker: Worker
) -> None:
    session = await initialize(served)
    body = request("tools/call", "call-1", name="wait", arguments={"steps": 1}, _meta={"progressToken": 1})
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "call-1"}}
    async with asyncio.timeout(10):
        async with legacy_stream(served, body, session) as stream:
            job_id = await worker.take()
            await worker.report(job_id, 1)
            await stream.message()
        await post(beside, request("ping", 2), session=session)
        assert worker.jobs.cancelled.empty()
        assert (await post(beside, cancel, session=await initialize(beside))).status_code == 202
        await post(beside, request("ping", 3), session=session)
        assert worker.jobs.cancelled.empty()  # another session's request of the same id is another request
        assert (await post(beside, cancel, session=session)).status_code == 202
        assert await worker.jobs.cancelled.get() == job_id


async def test_a_cancelled_legacy_request_gets_no_response(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    body = request("tools/call", 5, name="wait", arguments={"steps": 1}, _meta={"progressToken": 1})
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}}
    async with asyncio.timeout(10), legacy_stream(served, body, session) as stream:
        await worker.take()
        await post(served, cancel, session=session)
        assert all("id" not in message for message in await stream.rest())


async def test_a_job_that_somebody_else_cancels_is_told(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.end(job_id, state="cancelled", ending="killed")
        (last,) = await stream.rest()
    assert last["error"]["code"] == 4990
    assert last["error"]["data"] == {"type": "cancelled", "job": job_id}
    assert "process was ended" in last["error"]["message"]


async def test_a_revocation_ends_the_waiting_and_the_job(
    served: Replica, record: Record, publisher: Publisher, worker: Worker
) -> None:
    async with asyncio.timeout(5), modern_stream(served, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        revoked = record.revoke(ADA)
        await publisher.revocation(ADA, revoked.version + 1)
        (last,) = await stream.rest()
        assert last["error"]["data"]["type"] == "unauthenticated"
        assert await worker.jobs.cancelled.get() == job_id


async def test_a_replica_that_stops_cancels_nothing(record: Record, empty_store: str, worker: Worker) -> None:
    stopping = asyncio.Event()

    async def wait_there() -> None:
        async with replica(record, empty_store, drain_seconds=0.1) as running:
            session = await initialize(running)
            body = request("tools/call", 1, name="wait", arguments={"steps": 1}, _meta={"progressToken": 1})
            async with legacy_stream(running, body, session):
                await worker.take()
            stopping.set()

    async with asyncio.timeout(15):
        await wait_there()
    assert stopping.is_set()
    assert worker.jobs.cancelled.empty()


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/event-stream"])
async def test_at_the_end_of_a_drain_the_answer_names_the_job(
    record: Record, empty_store: str, worker: Worker, accept: str
) -> None:
    options = {"meta": {"progressToken": "p", "io.atrium/timeout": 600}, "headers": {"Accept": accept}}
    async with asyncio.timeout(10), replica(record, empty_store, drain_seconds=0.05) as running:
        asking = asyncio.ensure_future(running.modern("tools/call", **{**waiting_call(), **options}))
        job_id = await worker.take()
        running.application.drain()
        assert job_id in (await asking).text
        await running.modern("tools/call", **{**waiting_call(), **options})
    assert worker.jobs.cancelled.empty()


async def test_a_cancellation_waits_for_the_record(
    served: Replica, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp_runtime.calls.background.CANCEL_PAUSES", (0.05,) * 100)
    async with asyncio.timeout(10):
        async with modern_stream(served, "tools/call", **waiting_call()):
            job_id = await worker.take()
            worker.jobs.down = True
        while "read" not in worker.jobs.questions:
            await asyncio.sleep(0.01)
        worker.jobs.down = False
        assert await worker.jobs.cancelled.get() == job_id
