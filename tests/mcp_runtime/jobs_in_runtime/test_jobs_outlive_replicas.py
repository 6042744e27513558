"""A job whose replica is gone: the one that the client comes back to follows it from there."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, replica
from tests.mcp_runtime.streaming import Stream, legacy_stream, resumed

pytestmark = pytest.mark.anyio

CALL = request("tools/call", 7, name="wait", arguments={"steps": 2}, _meta={"progressToken": "p"})
QUIET_CALL = request("tools/call", 7, name="wait", arguments={"steps": 2})
CANCEL = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}


@pytest.fixture
async def other(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """The replica that clients come back to."""
    async with replica(record, empty_store, pulse_interval=0.05) as running:
        yield running


async def left(running: Replica, worker: Worker, session: str) -> tuple[str, str]:
    """A job that was heard of once before its client lost the connection; its id, and where the stream was left."""
    async with legacy_stream(running, CALL, session) as stream:
        job_id = await worker.take()
        await worker.report(job_id, 1, 9)
        await next_progress(stream, 1)
        return job_id, stream.last_event_id


async def next_progress(stream: Stream, expected: float) -> None:
    message = await stream.message()
    assert message["params"]["progress"] == expected
    assert message["params"]["progressToken"] == "p"


async def asked(worker: Worker, question: str, times: int = 1) -> None:
    """Wait until the record has been asked this, so many times."""
    while worker.jobs.questions.count(question) < times:
        await asyncio.sleep(0)


def silence(store: Any) -> None:
    """What the store knows of the writer of every stream is that its replica is dead."""
    for state in store.scan_iter("atrium:stream:*"):
        store.hset(state, "writer", "dead.replica")


async def test_a_replica_that_stops_hands_its_jobs_over(
    record: Record, empty_store: str, other: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(other)
        async with replica(record, empty_store, drain_seconds=0.05) as stopping:
            job_id, left_at = await left(stopping, worker, session)
        async with resumed(other, session, left_at) as stream:
            await worker.report(job_id, 2, 9)
            await next_progress(stream, 2)
            await worker.finish(job_id)
            (last,) = await stream.rest()
    assert last["id"] == 7
    assert last["result"]["structuredContent"] == {"result": "done"}
    assert worker.jobs.cancelled.empty()


async def test_at_the_end_of_a_drain_a_client_is_sent_to_another_replica(
    record: Record, empty_store: str, other: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(other)
        async with (
            replica(record, empty_store, drain_seconds=0.05) as stopping,
            legacy_stream(stopping, CALL, session) as stream,
        ):
            job_id = await worker.take()
            await worker.report(job_id, 1, 9)
            await next_progress(stream, 1)
            stopping.application.drain()
            assert await stream.rest() == []
            async with resumed(stopping, session, stream.last_event_id) as too_soon:
                assert await too_soon.rest() == []
        async with resumed(other, session, stream.last_event_id) as again:
            await worker.report(job_id, 2, 9)
            await next_progress(again, 2)
            await worker.finish(job_id)
            assert "result" in (await again.rest())[-1]
    assert worker.jobs.cancelled.empty()


async def test_a_job_of_a_dead_replica_is_followed_without_saying_anything_twice(
    served: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        job_id, left_at = await left(served, worker, session)
        silence(store)
        async with resumed(other, session, left_at) as stream:
            await asked(worker, "read")  # it is followed by then
            for progress in (1, 2, 3):
                await worker.report(job_id, progress, 9)
            await worker.finish(job_id)
            messages = await stream.rest()
    assert [message["params"]["progress"] for message in messages[:-1]] == [2, 3]
    assert other.runtime.metrics.streams_taken_over == 1
    assert messages[-1]["result"]["structuredContent"] == {"result": "done"}


async def test_a_job_that_ended_unheard_is_answered(
    served: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        job_id, left_at = await left(served, worker, session)
        silence(store)
        await worker.finish(job_id, silently=True)
        async with resumed(other, session, left_at) as stream:
            (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "done"}


async def test_a_job_that_was_taken_over_is_cancelled_like_any_other(
    served: Replica, beside: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        job_id, left_at = await left(served, worker, session)
        silence(store)
        async with resumed(other, session, left_at) as stream:
            worker.jobs.change(job_id, progress=2)
            await next_progress(stream, 2)
            assert (await post(beside, CANCEL, session=session)).status_code == 202
            assert await worker.jobs.cancelled.get() == job_id
            assert await stream.rest() == []


async def test_a_job_that_nobody_follows_is_cancelled_through_any_replica(
    record: Record, empty_store: str, other: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(30):
        session, foreign = await initialize(other), await initialize(other)
        async with replica(record, empty_store, drain_seconds=0.05) as stopping:
            job_id, _ = await left(stopping, worker, session)
        assert (await post(other, CANCEL, session=foreign)).status_code == 202
        assert worker.jobs.cancelled.empty()
        assert (await post(other, CANCEL, session=session)).status_code == 202
        assert await worker.jobs.cancelled.get() == job_id


async def test_cancelling_an_answered_call_leaves_its_job_alone(
    record: Record, empty_store: str, other: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(30), replica(record, empty_store, job_patience=0.05) as impatient:
        session = await initialize(impatient)
        async with legacy_stream(impatient, QUIET_CALL, session) as stream:
            assert "job" in (await stream.rest())[-1]["result"]["structuredContent"]
        assert (await post(other, CANCEL, session=session)).status_code == 202
        assert worker.jobs.cancelled.empty()


async def test_a_job_that_is_gone_is_told_as_such(served: Replica, other: Replica, worker: Worker, store: Any) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        job_id, left_at = await left(served, worker, session)
        silence(store)
        del worker.jobs.views[job_id]
        async with resumed(other, session, left_at) as stream:
            (last,) = await stream.rest()
    assert last["error"]["data"]["type"] == "job_failed"


async def test_while_the_record_is_away_a_job_waits_for_it(
    served: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        job_id, left_at = await left(served, worker, session)
        silence(store)
        worker.jobs.down = True
        async with resumed(other, session, left_at) as stream:
            await asked(worker, "read", 2)
            worker.jobs.down = False
            await worker.finish(job_id, silently=True)
            (last,) = await stream.rest()
    assert "result" in last
