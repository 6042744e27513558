"""A job that asks, in a session: the question comes on the stream of the call that waits, the answer by any POST."""

import asyncio
from typing import Any

import pytest

from tests.mcp_runtime.input.legacy_questions import answer, begin, called_at_once, result
from tests.mcp_runtime.kept_jobs import Worker, named
from tests.mcp_runtime.legacy_client import post, request
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import legacy_stream

pytestmark = pytest.mark.anyio

FORMS: dict[str, Any] = {"elicitation": {"form": {}}}
RELATED = "io.modelcontextprotocol/related-task"
CALL = request("tools/call", 7, name="wait", arguments={"steps": 1})


async def answered(worker: Worker, job_id: str) -> dict[str, Any]:
    """What the job was told, once it was."""
    async with asyncio.timeout(20):
        while worker.jobs.views[job_id].inputs:
            await asyncio.sleep(0.01)
    return worker.jobs.answers[job_id]


async def test_questions_come_on_the_stream_of_the_call_and_answers_on_any_replica(
    served: Replica, beside: Replica, worker: Worker
) -> None:
    session = await begin(served, FORMS)
    async with asyncio.timeout(20), legacy_stream(served, CALL, session) as stream:
        job_id = await worker.take()
        assert worker.jobs.asked[job_id].capabilities == FORMS
        await worker.ask(job_id, "first", "second")
        questions = [await stream.message() for _ in range(2)]
        assert {question["params"]["message"] for question in questions} == {"first", "second"}
        assert {question["method"] for question in questions} == {"elicitation/create"}
        for question in questions:
            await answer(beside, session, question, named(question["params"]["message"]))
        assert await answered(worker, job_id) == {"first": named("first"), "second": named("second")}
        await worker.finish(job_id, "the answer")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "the answer"}


async def test_a_client_that_says_no_is_told_to_the_tool(served: Replica, worker: Worker) -> None:
    session = await begin(served, FORMS)
    async with asyncio.timeout(20), legacy_stream(served, CALL, session) as stream:
        job_id = await worker.take()
        await worker.ask(job_id, "name")
        question = await stream.message()
        error = {"code": -1, "message": "The person said no."}
        await post(served, {"jsonrpc": "2.0", "id": question["id"], "error": error}, session=session)
        told = await answered(worker, job_id)
        assert "The person said no." in told["name"]["problem"]
        await worker.finish(job_id)


async def test_what_was_answered_elsewhere_is_taken_back(served: Replica, worker: Worker) -> None:
    session = await begin(served, FORMS)
    async with asyncio.timeout(20), legacy_stream(served, CALL, session) as stream:
        job_id = await worker.take()
        await worker.ask(job_id, "name")
        question = await stream.message()
        worker.jobs.change(job_id, inputs={})
        await worker.ask(job_id)  # which says no more than that something has changed
        withdrawn = await stream.message()
        assert (withdrawn["method"], withdrawn["params"]["requestId"]) == ("notifications/cancelled", question["id"])
        await worker.finish(job_id)


async def test_what_is_open_at_the_end_is_withdrawn(served: Replica, worker: Worker) -> None:
    session = await begin(served, FORMS)
    async with asyncio.timeout(20), legacy_stream(served, CALL, session) as stream:
        job_id = await worker.take()
        await worker.ask(job_id, "name")
        question = await stream.message()
        await worker.finish(job_id)
        withdrawn, last = await stream.rest()
    assert (withdrawn["method"], withdrawn["params"]["requestId"]) == ("notifications/cancelled", question["id"])
    assert last["id"] == 7
    await post(served, result(question, named("late")), session=session)
    assert worker.jobs.answers == {}


@pytest.mark.must("MUST-27.10")
async def test_the_result_of_a_task_asks_on_its_way(served: Replica, worker: Worker) -> None:
    session = await begin(served, FORMS)
    created = await post(served, request("tools/call", 7, **CALL["params"], task={}), session=session)
    job_id = await worker.take()
    assert created.json()["result"]["task"]["taskId"] == job_id
    await worker.ask(job_id, "name")
    task = (await post(served, request("tasks/get", taskId=job_id), session=session)).json()["result"]
    assert task["status"] == "input_required"
    body = request("tasks/result", 8, taskId=job_id)
    async with asyncio.timeout(20), legacy_stream(served, body, session) as stream:
        question = await stream.message()
        assert (question["method"], question["params"]["_meta"]) == (
            "elicitation/create",
            {RELATED: {"taskId": job_id}},
        )
        await answer(served, session, question, named("Ada"))
        assert await answered(worker, job_id) == {"name": named("Ada")}
        await worker.finish(job_id, "the answer")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "the answer"}


async def test_a_client_without_a_stream_reads_that_there_is_a_question(served: Replica, worker: Worker) -> None:
    session = await begin(served, FORMS)
    calling = asyncio.create_task(called_at_once(served, session, CALL))
    job_id = await worker.take()
    await worker.ask(job_id, "name")
    async with asyncio.timeout(20):
        told = (await calling)["result"]
    assert "It waits for an answer: name" in told["content"][0]["text"]
    assert told["structuredContent"]["job"]["status"] == "input_required"
