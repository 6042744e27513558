"""A question of a job whose replica is gone: the client is asked once, and whoever goes on with the stream has its
answer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.mcp_runtime.input.legacy_questions import answer, begin
from tests.mcp_runtime.jobs_in_runtime.test_jobs_outlive_replicas import asked, silence
from tests.mcp_runtime.jobs_in_runtime.test_jobs_that_ask_in_sessions import CALL, FORMS, answered
from tests.mcp_runtime.kept_jobs import Worker, named
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, replica
from tests.mcp_runtime.streaming import legacy_stream, resumed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def other(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """The replica that clients come back to."""
    async with replica(record, empty_store, pulse_interval=0.05) as running:
        yield running


async def test_a_question_is_handed_over_by_a_replica_that_stops(
    record: Record, empty_store: str, other: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(30):
        session = await begin(other, FORMS)
        async with (
            replica(record, empty_store, drain_seconds=0.05) as stopping,
            legacy_stream(stopping, CALL, session) as stream,
        ):
            job_id = await worker.take()
            await worker.ask(job_id, "name")
            question = await stream.message()
        async with resumed(other, session, stream.last_event_id) as again:
            await answer(other, session, question, named("Ada"))
            assert await answered(worker, job_id) == {"name": named("Ada")}
            await worker.finish(job_id)
            (last,) = await again.rest()
    assert last["id"] == 7


async def test_a_question_of_a_dead_replica_is_asked_once(
    served: Replica, other: Replica, worker: Worker, store: Any
) -> None:
    async with asyncio.timeout(30):
        session = await begin(served, FORMS)
        async with legacy_stream(served, CALL, session) as stream:
            left_at = (await stream.line("id: "))[4:]
            job_id = await worker.take()
            await worker.ask(job_id, "name")
            question = await stream.message()
        silence(store)
        async with resumed(other, session, left_at) as again:
            assert await again.message() == question
            await asked(worker, "read")  # it is followed by then
            await answer(other, session, question, named("Ada"))
            assert await answered(worker, job_id) == {"name": named("Ada")}
            await worker.finish(job_id)
            assert [message["id"] for message in await again.rest()] == [7]
