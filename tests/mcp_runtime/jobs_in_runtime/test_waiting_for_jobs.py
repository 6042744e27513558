"""A background tool answers on its stream as any other: progress while its job runs, then its result."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.contract.jobs import JobEvent, JobView, NewJob
from tests.mcp_runtime.cast import ADA, tools
from tests.mcp_runtime.kept_jobs import KeptJobs, Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, events, replica
from tests.mcp_runtime.streaming import Stream, legacy_stream, modern_stream, waiting_call

pytestmark = pytest.mark.anyio

JOB = "io.atrium/job"


async def reports(stream: Stream, worker: Worker) -> dict[str, Any]:
    """Have the job say how far it is, one value lower than before among them; the last message of the stream."""
    job_id = await worker.take()
    for progress in (1, 2, 1.5, 2, 3):
        await worker.report(job_id, progress, 3, f"step {progress}")
    await worker.finish(job_id, "all steps done")
    messages = await stream.rest()
    assert [message["params"]["progress"] for message in messages[:-1]] == [1, 2, 3]
    assert messages[0]["params"] == {"progressToken": "p", "progress": 1, "total": 3, "message": "step 1"}
    assert messages[-1]["result"]["_meta"][JOB] == job_id
    return messages[-1]


@pytest.mark.must("MUST-24.2")
async def test_progress_increases_until_the_result(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call()) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream"
        last = await reports(stream, worker)
    assert last["result"]["structuredContent"] == {"result": "all steps done"}
    assert last["result"]["isError"] is False


@pytest.mark.must("MUST-24.2")
@pytest.mark.parametrize("version", ["2025-03-26", "2025-06-18", "2025-11-25"])
async def test_progress_increases_in_every_older_revision(served: Replica, worker: Worker, version: str) -> None:
    session = await initialize(served, version=version)
    body = request("tools/call", 7, name="wait", arguments={"steps": 2}, _meta={"progressToken": "p"})
    async with asyncio.timeout(10), legacy_stream(served, body, session) as stream:
        last = await reports(stream, worker)
    assert (last["id"], last["result"]["structuredContent"]) == (7, {"result": "all steps done"})


async def test_the_job_knows_who_asked_for_what(served: Replica, record: Record, worker: Worker) -> None:
    options = {**waiting_call(), "id": "r-9"}
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **options) as stream:
        job = record.jobs.asked[await worker.take()]
        await worker.finish(job.id)
        await stream.rest()
    assert (job.owner.tenant_id, job.owner.server_id) == ("id-of-acme", "id-of-acme-desk")
    assert job.owner.principal == "id-of-ada|family-of-ada"
    assert (job.tool, job.tool_id, job.arguments) == ("wait", "id-of-wait", {"steps": 2})
    assert job.scopes == ("mcp:read", "mcp:call")
    assert (job.call.id, job.call.phase, job.call.outcome, job.call.request_id) == (job.id, "intent", "pending", "r-9")


async def test_what_a_job_says_at_its_very_beginning_is_heard(
    served: Replica, record: Record, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = KeptJobs.create

    async def create_and_run(jobs: KeptJobs, job: NewJob) -> JobView:
        view = await create(jobs, job)
        await worker.take()
        await worker.report(job.id, 1)
        await worker.finish(job.id, "as fast as can be")
        return view

    monkeypatch.setattr(KeptJobs, "create", create_and_run)
    async with asyncio.timeout(1.5), modern_stream(served, "tools/call", **waiting_call()) as stream:
        first, last = await stream.rest()
    assert first["params"]["progress"] == 1
    assert last["result"]["structuredContent"] == {"result": "as fast as can be"}


async def test_log_messages_come_from_the_level_asked_for(served: Replica, worker: Worker) -> None:
    for level, expected in (("debug", 2), ("warning", 1), (None, 0)):
        meta = {} if level is None else {"io.modelcontextprotocol/logLevel": level}
        options = {**waiting_call(), "meta": meta}
        async with asyncio.timeout(10), modern_stream(served, "tools/call", **options) as stream:
            job_id = await worker.take()
            await worker.log(job_id, "debug", "fine")
            await worker.log(job_id, "error", {"bad": True})
            await worker.finish(job_id)
            messages = await stream.rest()
        assert [message["method"] for message in messages[:-1]] == ["notifications/message"] * expected


async def test_heartbeats_keep_the_stream_of_a_quiet_job_open(record: Record, empty_store: str, worker: Worker) -> None:
    async with (
        asyncio.timeout(10),
        replica(record, empty_store, heartbeat_interval=0.05) as running,
        modern_stream(running, "tools/call", **waiting_call()) as stream,
    ):
        for _ in range(3):
            await stream.line(":")
        await worker.finish(await worker.take())
        assert len(await stream.rest()) == 1


async def test_a_client_that_takes_no_stream_is_held(served: Replica, worker: Worker) -> None:
    options = {**waiting_call(), "headers": {"Accept": "application/json"}}
    asking = asyncio.ensure_future(served.modern("tools/call", **options))
    async with asyncio.timeout(10):
        job_id = await worker.take()
        await worker.report(job_id, 1)
        await worker.finish(job_id, "held")
        answer = await asking
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["result"]["structuredContent"] == {"result": "held"}


async def test_jobs_of_a_batch_are_answered_each(served: Replica, worker: Worker) -> None:
    session = await initialize(served, version="2025-03-26")
    batch = [request("tools/call", number, name="wait", arguments={"steps": number}) for number in (1, 2)]
    asking = asyncio.ensure_future(post(served, [*batch, request("ping", 3)], session=session))
    async with asyncio.timeout(10):
        for _ in batch:
            job_id = await worker.take()
            await worker.finish(job_id, f"steps {worker.jobs.asked[job_id].arguments['steps']}")
        answers = {message["id"]: message["result"] for message in events((await asking).text)}
    assert answers[1]["structuredContent"] == {"result": "steps 1"}
    assert answers[2]["structuredContent"] == {"result": "steps 2"}
    assert answers[3] == {}


async def test_heartbeats_keep_the_stream_of_a_batch_open(record: Record, empty_store: str, worker: Worker) -> None:
    async with asyncio.timeout(10), replica(record, empty_store, heartbeat_interval=0.05) as running:
        session = await initialize(running, version="2025-03-26")
        body = [request("tools/call", 1, name="wait", arguments={"steps": 1})]
        async with legacy_stream(running, body, session) as stream:
            for _ in range(3):
                await stream.line(":")
            await worker.finish(await worker.take())
            assert len(await stream.rest()) == 1


async def test_a_quick_tool_that_runs_in_the_background_takes_no_short_cut(
    served: Replica, record: Record, worker: Worker
) -> None:
    record.change_server("acme", "desk", tools=tools(echo={"mode": "background"}))
    for number in range(1, 6):
        asking = asyncio.ensure_future(served.call("echo", {"text": "x"}))
        async with asyncio.timeout(10):
            await worker.finish(await worker.take(), "from a worker")
            assert "from a worker" in (await asking).text
        assert len(worker.jobs.asked) == number


async def test_a_result_too_long_for_the_bus_is_read(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(1.5), modern_stream(served, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.finish(job_id, "long", silently=True)
        await worker.say(job_id, JobEvent(kind="ended"))
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "long"}


async def test_a_tools_own_error_is_its_result(served: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.finish(job_id, "no such city", is_error=True, meta={"io.atrium/error": {"type": "unknown_city"}})
        (last,) = await stream.rest()
    assert last["result"]["isError"] is True
    assert last["result"]["_meta"]["io.atrium/error"] == {"type": "unknown_city"}
    assert last["result"]["_meta"][JOB] == job_id


@pytest.mark.parametrize(("kind", "code"), [("outcome_unknown", -32603), ("withdrawn", 4033), ("odd", -32603)])
async def test_a_job_without_an_answer_is_an_error(served: Replica, worker: Worker, kind: str, code: int) -> None:
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.fail(job_id, kind, "What to do.")
        (last,) = await stream.rest()
    expected = "job_failed" if kind == "odd" else kind
    assert last["error"] == {"code": code, "message": "What to do.", "data": {"type": expected, "job": job_id}}


@pytest.mark.must("MUST-22.1")
async def test_wrong_arguments_make_no_job(served: Replica, record: Record) -> None:
    result = (await served.call("wait", {"steps": "many"}, ADA)).json()["result"]
    assert result["_meta"]["io.atrium/error"]["type"] == "invalid_arguments"
    assert not record.jobs.asked
