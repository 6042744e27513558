"""Who asks for no progress waits for so long; then the answer is a result that names the job, and the job goes on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import jsonschema
import pytest

from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, events, replica
from tests.mcp_runtime.streaming import modern_stream, waiting_call

pytestmark = pytest.mark.anyio

TIMEOUT = "io.atrium/timeout"
NO_TOKEN: dict[str, Any] = {"params": {"name": "wait", "arguments": {"steps": 1}}}


@pytest.fixture
async def hasty(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    async with replica(record, empty_store, job_patience=0.1) as running:
        yield running


async def output_schema(running: Replica) -> dict[str, Any]:
    listed = (await running.modern("tools/list")).json()["result"]["tools"]
    return dict(next(tool for tool in listed if tool["name"] == "wait")["outputSchema"])


def check_names_the_job(result: dict[str, Any], job_id: str) -> None:
    assert result["isError"] is False
    assert result["_meta"]["io.atrium/job"] == job_id
    job = result["structuredContent"]["job"]
    assert (job["id"], job["tool"], job["status"]) == (job_id, "wait", "working")
    assert job["statusUri"] == f"task://status/{job_id}"
    text = result["content"][0]["text"]
    assert all(word in text for word in (job_id, "get_job_result", job["statusUri"]))


async def test_the_answer_names_the_job_and_is_what_the_schema_promises(hasty: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10), modern_stream(hasty, "tools/call", **NO_TOKEN) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream"
        job_id = await worker.take()
        await worker.report(job_id, 40, 100, "forty done")
        (last,) = await stream.rest()
    check_names_the_job(last["result"], job_id)
    assert "40 of 100, forty done" in last["result"]["content"][0]["text"]
    jsonschema.validate(last["result"]["structuredContent"], await output_schema(hasty))
    assert worker.jobs.cancelled.empty()


async def test_older_revisions_get_the_same(hasty: Replica, worker: Worker) -> None:
    session = await initialize(hasty)
    body = request("tools/call", 4, name="wait", arguments={"steps": 1})
    (answer,) = [m for m in events((await post(hasty, body, session=session)).text) if "id" in m]
    check_names_the_job(answer["result"], await worker.take())


async def test_clients_without_streams_and_batches_have_the_same_patience(hasty: Replica, worker: Worker) -> None:
    options = {**waiting_call(), "headers": {"Accept": "application/json"}}
    answer = await hasty.modern("tools/call", **options)
    check_names_the_job(answer.json()["result"], await worker.take())
    session = await initialize(hasty, version="2025-03-26")
    body = request("tools/call", 4, name="wait", arguments={"steps": 1})
    (answered,) = events((await post(hasty, [body], session=session)).text)
    check_names_the_job(answered["result"], await worker.take())


async def test_who_asks_for_progress_waits_to_the_end(hasty: Replica, worker: Worker) -> None:
    async with asyncio.timeout(10), modern_stream(hasty, "tools/call", **waiting_call()) as stream:
        job_id = await worker.take()
        await worker.report(job_id, 1)
        assert (await stream.message())["method"] == "notifications/progress"
        await asyncio.wait_for(anything_else(hasty), 5)
        await worker.finish(job_id, "at last")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "at last"}


async def anything_else(hasty: Replica) -> None:
    """More than the patience of this replica, spent with a call of its own."""
    await hasty.modern("tools/call", **NO_TOKEN)


async def test_zero_seconds_are_an_answer_at_once(served: Replica, worker: Worker) -> None:
    for meta in ({TIMEOUT: 0}, {TIMEOUT: 0.0, "progressToken": "p"}):
        answer = await served.modern("tools/call", **{**NO_TOKEN, "meta": meta})
        assert answer.headers["content-type"] == "application/json"
        check_names_the_job(answer.json()["result"], await worker.take())
    assert served.runtime.job_events.waiting == 0


async def test_a_time_of_ones_own_counts_beside_a_progress_token(served: Replica, worker: Worker) -> None:
    options = {**waiting_call(), "meta": {"progressToken": "p", TIMEOUT: 0.2}}
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **options) as stream:
        job_id = await worker.take()
        await worker.report(job_id, 1)
        first, last = await stream.rest()
    assert first["params"]["progress"] == 1
    check_names_the_job(last["result"], job_id)


@pytest.mark.parametrize(
    "meta",
    [
        *({TIMEOUT: value} for value in (-1, True, "5", [], {})),
        *({"io.atrium/idempotencyKey": value} for value in ("", "x" * 256, 7, None)),
    ],
)
async def test_what_they_can_not_be_makes_no_job(served: Replica, record: Record, meta: dict[str, Any]) -> None:
    error = (await served.modern("tools/call", **{**NO_TOKEN, "meta": meta})).json()["error"]
    assert (error["code"], error["data"]["type"]) == (-32602, "invalid_params")
    assert next(iter(meta)) in error["message"]
    assert not record.jobs.asked


async def test_one_key_is_one_job(served: Replica, worker: Worker) -> None:
    keyed = {**NO_TOKEN, "meta": {"io.atrium/idempotencyKey": "k", TIMEOUT: 0}}
    await served.modern("tools/call", **keyed)
    job_id = await worker.take()
    await worker.report(job_id, 5)
    options = {**waiting_call(), "meta": {"io.atrium/idempotencyKey": "k", "progressToken": "p"}}
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **options) as stream:
        assert (await stream.message())["params"]["progress"] == 5
        await worker.report(job_id, 6)
        await worker.finish(job_id, "once")
        *_, last = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "once"}
    again = (await served.modern("tools/call", **keyed)).json()["result"]
    assert again["structuredContent"] == {"result": "once"}
    assert list(worker.jobs.asked) == [job_id]
