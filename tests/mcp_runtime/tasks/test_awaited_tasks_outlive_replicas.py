"""tasks/result of 2025-11-25 on a replica that is gone: the one that the client comes back to waits on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mcp_runtime.contract.jobs import JobEnding, JobState
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, replica
from tests.mcp_runtime.streaming import legacy_stream, resumed
from tests.mcp_runtime.tasks.asking import CALL, legacy

pytestmark = pytest.mark.anyio

RELATED = "io.modelcontextprotocol/related-task"


@pytest.fixture
async def other(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """The replica that clients come back to."""
    async with replica(record, empty_store, pulse_interval=0.05) as running:
        yield running


async def left(running: Replica, worker: Worker, session: str, method: str) -> tuple[str, str]:
    """A task whose request was left in the middle; its id, and where the stream was left."""
    await legacy(running, session, "tools/call", **CALL, task={})
    task_id = await worker.take()
    body = request(method, 7, taskId=task_id, _meta={"progressToken": "p"})
    async with legacy_stream(running, body, session) as stream:
        while not running.runtime.job_events.waiting:
            await asyncio.sleep(0.01)
        await worker.report(task_id, 1, 9)
        assert (await stream.message())["params"]["progress"] == 1
        return task_id, stream.last_event_id


def silence(store: Any) -> None:
    """What the store knows of the writer of every stream is that its replica is dead."""
    for state in store.scan_iter("atrium:stream:*"):
        store.hset(state, "writer", "dead.replica")


async def test_a_replica_that_stops_hands_over_who_waits(
    record: Record, empty_store: str, other: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(other)
        async with replica(record, empty_store, drain_seconds=0.05) as stopping:
            task_id, left_at = await left(stopping, worker, session, "tasks/result")
        async with resumed(other, session, left_at) as stream:
            await worker.finish(task_id, "waited for")
            last = (await stream.rest())[-1]
    assert (last["id"], last["result"]["structuredContent"]) == (7, {"result": "waited for"})
    assert last["result"]["_meta"][RELATED] == {"taskId": task_id}


async def test_cancelling_is_answered_by_the_replica_that_is_there(
    served: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        task_id, left_at = await left(served, worker, session, "tasks/cancel")
        silence(store)
        async with resumed(other, session, left_at) as stream:
            await worker.end(task_id, state=JobState.CANCELLED, ending=JobEnding.STOPPED)
            last = (await stream.rest())[-1]
    assert (last["id"], last["result"]["status"]) == (7, "cancelled")


async def test_giving_up_on_a_dead_replica_cancels_nothing(
    served: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await initialize(served)
        task_id, _ = await left(served, worker, session, "tasks/result")
        silence(store)
        note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
        assert (await post(other, note, session=session)).status_code == 202
    assert worker.jobs.cancelled.empty()
    assert (await legacy(other, session, "tasks/get", taskId=task_id))["result"]["status"] == "working"
