"""Nothing rests on the bus: what is missed is read from the record, which is asked once for everybody who waits."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from mcp_runtime.contract.keys import job_channel
from tests.mcp_runtime.cast import ADA, GUS, MAX
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica, replica
from tests.mcp_runtime.streaming import modern_stream, waiting_call

pytestmark = pytest.mark.anyio


@pytest.fixture
async def attentive(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    async with replica(record, empty_store, job_poll_interval=0.1) as running:
        yield running


@pytest.fixture
async def patient(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """A replica that asks the record only when it hears the bus again."""
    async with replica(record, empty_store, job_poll_interval=600) as running:
        yield running


async def test_an_end_that_nobody_announced_is_found(attentive: Replica, worker: Worker) -> None:
    async with asyncio.timeout(5), modern_stream(attentive, "tools/call", **waiting_call()) as stream:
        await worker.finish(await worker.take(), "silent", silently=True)
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "silent"}


async def test_one_question_serves_everybody_who_waits(attentive: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10):
        asking = [asyncio.ensure_future(attentive.modern("tools/call", **waiting_call())) for _ in range(20)]
        jobs = [await worker.take() for _ in asking]
        worker.jobs.questions.clear()
        for job_id in jobs:
            await worker.finish(job_id, silently=True)
        await asyncio.gather(*asking)
    assert worker.jobs.questions.count("ended") <= 2
    assert worker.jobs.questions.count("read") == len(jobs)


async def test_nobody_is_asked_while_nobody_waits(attentive: Replica, worker: Worker) -> None:
    async with asyncio.timeout(5), modern_stream(attentive, "tools/call", **waiting_call()) as stream:
        await worker.finish(await worker.take())
        await stream.rest()
    worker.jobs.questions.clear()
    await attentive.runtime.job_events._ask_once()
    assert worker.jobs.questions == []


async def test_what_was_missed_is_looked_for_as_soon_as_the_bus_is_heard_again(
    patient: Replica, worker: Worker
) -> None:
    async with asyncio.timeout(5), modern_stream(patient, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await worker.finish(job_id, "meanwhile")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "meanwhile"}


async def test_progress_goes_on_after_the_bus_was_lost(patient: Replica, worker: Worker) -> None:
    async with asyncio.timeout(5), modern_stream(patient, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.report(job_id, 1)
        assert (await stream.message())["params"]["progress"] == 1
        await worker.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        while not (await worker.redis.pubsub_numsub(job_channel(job_id)))[0][1]:
            await asyncio.sleep(0.01)
        await worker.report(job_id, 2)
        assert (await stream.message())["params"]["progress"] == 2
        await worker.finish(job_id)
        assert len(await stream.rest()) == 1


async def test_a_record_that_is_away_is_waited_for(attentive: Replica, worker: Worker) -> None:
    async with asyncio.timeout(5), modern_stream(attentive, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        worker.jobs.down = True
        await worker.finish(job_id, "later", silently=True)
        worker.jobs.questions.clear()
        while worker.jobs.questions.count("ended") < 3:
            await asyncio.sleep(0.01)
        worker.jobs.down = False
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "later"}


async def test_a_job_that_is_gone_is_no_reason_to_wait(attentive: Replica, worker: Worker) -> None:
    async with asyncio.timeout(5), modern_stream(attentive, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        del worker.jobs.views[job_id]
        (last,) = await stream.rest()
    assert last["error"]["data"]["type"] == "job_failed"


async def test_a_replica_hears_of_all_its_jobs_on_one_channel(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10):
        before = await subscriptions(worker)
        asking = [asyncio.ensure_future(served.modern("tools/call", **waiting_call())) for _ in range(20)]
        jobs = [await worker.take() for _ in asking]
        assert len(set(map(job_channel, jobs))) == 1
        assert await subscriptions(worker) == before
        for job_id in jobs:
            await worker.finish(job_id)
        await asyncio.gather(*asking)


async def test_a_job_of_another_replica_is_heard_while_somebody_waits(
    served: Replica, record: Record, empty_store: str, worker: Worker
) -> None:
    call = {**waiting_call(), "meta": {"io.atrium/idempotencyKey": "one", "progressToken": "p"}}
    async with asyncio.timeout(10), replica(record, empty_store) as other:
        before = await subscriptions(worker)
        first = asyncio.ensure_future(other.modern("tools/call", **call))
        job_id = await worker.take()
        async with modern_stream(served, "tools/call", **call) as stream:
            while await subscriptions(worker) == before:
                await asyncio.sleep(0.01)
            await worker.report(job_id, 1)
            assert (await stream.message())["params"]["progress"] == 1
            await worker.finish(job_id)
            await stream.rest()
        await first
        while await subscriptions(worker) > before:
            await asyncio.sleep(0.01)


async def test_on_the_one_channel_everybody_hears_of_their_own_jobs_alone(served: Replica, worker: Worker) -> None:
    texts = {}
    async with asyncio.timeout(10):
        people = {ADA: ACME, MAX: ACME, GUS: GLOBEX}
        asking, jobs = {}, {}
        for key, path in people.items():
            asking[key] = asyncio.ensure_future(served.modern("tools/call", key, path=path, **waiting_call()))
            jobs[key] = await worker.take()
        assert len(set(map(job_channel, jobs.values()))) == 1
        for key, job_id in jobs.items():
            await worker.report(job_id, 1, message=f"canary of {key}")
            await worker.finish(job_id, f"result for {key}")
            texts[key] = (await asking[key]).text
    for key, text in texts.items():
        assert f"result for {key}" in text
        assert [other for other in people if other != key and (jobs[other] in text or f"of {other}" in text)] == []


async def subscriptions(worker: Worker) -> int:
    """How many channels are heard, by all connections together."""
    return sum(int(client["sub"]) for client in await worker.redis.client_list(_type="pubsub"))
