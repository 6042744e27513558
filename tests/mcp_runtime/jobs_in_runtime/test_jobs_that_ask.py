"""A job that asks, in 2026-07-28 without tasks: the call ends with the question, and goes on with the same job."""

import asyncio
from typing import Any

import pytest

from tests.mcp_runtime.cast import ADA, MAX
from tests.mcp_runtime.kept_jobs import Worker, named
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import CAPABILITIES_META, Replica, events

pytestmark = pytest.mark.anyio

FORMS: dict[str, Any] = {CAPABILITIES_META: {"elicitation": {"form": {}}}}
ARGUMENTS = {"steps": 1}


async def call(served: Replica, name: str = "wait", key: str = ADA, arguments: Any = ARGUMENTS, **params: Any) -> Any:
    """The response of one call, however it comes."""
    params = {"name": name, "arguments": arguments, **params}
    answer = await served.modern("tools/call", key, params=params, meta=FORMS)
    is_stream = answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)[-1] if is_stream else answer.json()


async def asked(served: Replica, worker: Worker, *names: str) -> tuple[str, Any]:
    """A job that has asked, and the answer of its call."""
    calling = asyncio.create_task(call(served))
    job_id = await worker.take()
    await worker.ask(job_id, *names)
    async with asyncio.timeout(20):
        return job_id, (await calling)["result"]


def brought(result: Any, **answers: Any) -> dict[str, Any]:
    return {"requestState": result["requestState"], "inputResponses": answers}


async def test_a_job_knows_what_its_client_can_be_asked(served: Replica, worker: Worker) -> None:
    calling = asyncio.create_task(call(served))
    job_id = await worker.take()
    assert worker.jobs.asked[job_id].capabilities == {"elicitation": {"form": {}}}
    await worker.finish(job_id)
    await calling


async def test_a_call_ends_with_the_question_and_goes_on_with_its_job_on_any_replica(
    served: Replica, beside: Replica, worker: Worker
) -> None:
    job_id, result = await asked(served, worker, "first", "second")
    assert (result["resultType"], result["inputRequests"].keys()) == ("input_required", {"first", "second"})
    assert job_id not in result["requestState"]

    # Some of the answers: the rest is asked again.
    partly = (await call(beside, **brought(result, first=named("Ada"))))["result"]
    assert (partly["resultType"], partly["inputRequests"].keys()) == ("input_required", {"second"})

    going_on = asyncio.create_task(call(beside, **brought(partly, second=named("Max"), first=named("Eve"))))
    async with asyncio.timeout(20):
        while worker.jobs.views[job_id].inputs:
            await asyncio.sleep(0.01)
        await worker.finish(job_id, "the answer")
        assert (await going_on)["result"]["structuredContent"] == {"result": "the answer"}
    assert worker.jobs.answers[job_id] == {"first": named("Ada"), "second": named("Max")}
    assert list(worker.jobs.asked) == [job_id]
    assert worker.jobs.cancelled.empty()


async def test_what_is_no_answer_is_refused_and_the_job_waits_on(served: Replica, worker: Worker) -> None:
    job_id, result = await asked(served, worker, "name")
    error = (await call(served, **brought(result, name={"action": "accept"})))["error"]
    assert (error["code"], error["data"]["key"]) == (-32602, "name")
    assert worker.jobs.views[job_id].inputs.keys() == {"name"}
    assert list(worker.jobs.asked) == [job_id]


@pytest.mark.must("MUST-18.1")
async def test_a_state_is_good_for_its_principal_and_its_call_alone(served: Replica, worker: Worker) -> None:
    job_id, result = await asked(served, worker, "name")
    answers = brought(result, name=named("Eve"))
    for refused in (
        await call(served, key=MAX, **answers),
        await call(served, arguments={"steps": 2}, **answers),
        await call(served, "get_job_result", arguments={"job_id": job_id}, **answers),
    ):
        assert refused["error"]["data"]["type"] == "request_state_refused"
    assert (worker.jobs.answers, list(worker.jobs.asked)) == ({}, [job_id])


@pytest.mark.must("MUST-18.4")
async def test_a_client_that_can_not_be_asked_that_is_not(served: Replica, worker: Worker) -> None:
    params = {"name": "wait", "arguments": ARGUMENTS}
    meta = {CAPABILITIES_META: {"elicitation": {"url": {}}}}
    calling = asyncio.create_task(served.modern("tools/call", params=params, meta=meta))
    job_id = await worker.take()
    await worker.ask(job_id, "name")
    await worker.finish(job_id)
    async with asyncio.timeout(20):
        assert "inputRequests" not in (await calling).text


async def test_get_job_result_asks_and_takes_the_answer(served: Replica, worker: Worker, record: Record) -> None:
    job_id, _ = await asked(served, worker, "name")
    about = {"job_id": job_id}
    result = (await call(served, "get_job_result", arguments=about))["result"]
    assert (result["resultType"], result["inputRequests"].keys()) == ("input_required", {"name"})
    # Whoever can't be asked reads that there is a question, and what to do.
    params = {"name": "get_job_result", "arguments": {**about, "wait_seconds": 20}}
    told = events((await served.modern("tools/call", params=params)).text)[-1]["result"]
    assert told["structuredContent"]["job"]["status"] == "input_required"
    assert all(word in told["content"][0]["text"] for word in ("waits for an answer: name", "tasks/update"))
    answered = (await call(served, "get_job_result", arguments=about, **brought(result, name=named("Ada"))))["result"]
    assert answered["structuredContent"]["job"]["status"] == "working"
    assert worker.jobs.answers[job_id] == {"name": named("Ada")}
