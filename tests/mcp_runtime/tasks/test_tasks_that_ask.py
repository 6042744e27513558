"""A task that waits for its client: it shows what it asks, and takes answers by tasks/update, each once."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from mcp_runtime.calls.results import encode_tool_result, failed
from tests.mcp_runtime.cast import GUS, MAX
from tests.mcp_runtime.kept_jobs import Worker, named
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica
from tests.mcp_runtime.tasks.asking import ask, begin
from tests.mcp_runtime.tasks.test_task_notifications import acknowledged, listening

pytestmark = pytest.mark.anyio


async def asking(served: Replica, worker: Worker, *names: str) -> str:
    task_id = await begin(served, worker)
    await worker.ask(task_id, *names)
    return task_id


async def task_of(served: Replica, task_id: str) -> Any:
    return (await ask(served, "tasks/get", task_id)).json()["result"]


async def update(served: Replica, task_id: str, answers: Any, *who: str) -> Any:
    return (await ask(served, "tasks/update", task_id, *who, inputResponses=answers)).json()


@pytest.mark.must("MUST-28.10")
async def test_a_task_shows_what_it_asks_and_takes_the_answers_one_by_one(served: Replica, worker: Worker) -> None:
    task_id = await asking(served, worker, "first", "second")
    task = await task_of(served, task_id)
    assert (task["resultType"], task["status"]) == ("complete", "input_required")
    assert task["statusMessage"] == "It waits for an answer: first second"
    assert task["inputRequests"]["first"] == {
        "method": "elicitation/create",
        "params": {
            "mode": "form",
            "message": "first",
            "requestedSchema": {
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
            },
        },
    }
    taken = (await update(served, task_id, {"first": named("Ada"), "unknown": {"ignored": True}}))["result"]
    assert (taken["resultType"], taken.keys()) == ("complete", {"resultType", "_meta"})
    task = await task_of(served, task_id)
    assert (task["status"], task["inputRequests"].keys()) == ("input_required", {"second"})
    # What was answered stands.
    await update(served, task_id, {"first": named("Max"), "second": {"action": "decline", "content": {"name": "x"}}})
    task = await task_of(served, task_id)
    assert (task["status"], "inputRequests" in task) == ("working", False)
    assert worker.jobs.answers[task_id] == {"first": named("Ada"), "second": {"action": "decline"}}
    await worker.finish(task_id)
    assert (await task_of(served, task_id))["status"] == "completed"
    assert (await update(served, task_id, {"first": named("Max")}))["result"]["resultType"] == "complete"


async def test_what_is_no_answer_is_refused_by_its_key_and_can_be_sent_again(served: Replica, worker: Worker) -> None:
    task_id = await asking(served, worker, "first", "second")
    error = (await update(served, task_id, {"first": named("Ada"), "second": {"action": "accept"}}))["error"]
    assert (error["code"], error["data"]["type"], error["data"]["key"]) == (-32602, "invalid_params", "second")
    assert "'name'" in error["message"] or '"name"' in error["message"]
    assert (await task_of(served, task_id))["inputRequests"].keys() == {"first", "second"}
    await update(served, task_id, {"first": named("Ada"), "second": named("Max")})
    assert (await task_of(served, task_id))["status"] == "working"


@pytest.mark.must("MUST-28.4", "MUST-29.6")
@pytest.mark.parametrize(("key", "path"), [(MAX, ACME), (GUS, GLOBEX)])
async def test_nobody_else_answers_or_learns_what_is_asked(
    served: Replica, worker: Worker, key: str, path: str
) -> None:
    task_id = await asking(served, worker, "canary")
    for answers in ({"canary": named("Eve")}, {"canary": "no answer"}):
        theirs, absent = [await update(served, name, answers, key, path) for name in (task_id, str(uuid4()))]
        assert theirs["error"] == absent["error"]
        assert theirs["error"]["data"]["type"] == "task_not_found"
    assert worker.jobs.answers == {}
    assert (await task_of(served, task_id))["status"] == "input_required"


async def test_a_tool_that_could_not_ask_fails_its_task_and_its_call(served: Replica, worker: Worker) -> None:
    missing = {"elicitation": {"form": {}}}
    result = encode_tool_result(failed("missing_capability", "It asks.", requiredCapabilities=missing))
    task_id = await begin(served, worker)
    await worker.end(task_id, result=result)
    task = await task_of(served, task_id)
    assert (task["status"], task["error"]["code"], "result" in task) == ("failed", -32021, False)
    assert task["error"]["data"]["requiredCapabilities"] == missing

    calling = asyncio.create_task(served.call("wait", {"steps": 1}, headers={"Accept": "application/json"}))
    await worker.end(await worker.take(), result=result)
    error = (await calling).json()["error"]
    assert (error["code"], error["data"]["requiredCapabilities"]) == (-32021, missing)


async def test_answers_wait_for_the_record(served: Replica, worker: Worker) -> None:
    task_id = await asking(served, worker, "name")
    worker.jobs.down = True
    assert (await update(served, task_id, {"name": named("Ada")}))["error"]["data"]["type"] == "unavailable"


async def test_listeners_are_told_what_a_task_asks_and_that_it_goes_on(
    served: Replica, beside: Replica, worker: Worker
) -> None:
    task_id = await begin(served, worker)
    async with listening(beside, [task_id]) as stream:
        await acknowledged(stream)
        assert (await stream.message())["params"]["status"] == "working"
        await worker.ask(task_id, "name")
        told = (await stream.message())["params"]
        assert (told["status"], told["inputRequests"].keys()) == ("input_required", {"name"})
        await update(served, task_id, {"name": named("Ada")})
        await worker.ask(task_id)  # which says no more than that something has changed
        assert (await stream.message())["params"]["status"] == "working"


async def test_a_question_that_was_not_heard_is_told_all_the_same(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    async with listening(served, [task_id]) as stream:
        await acknowledged(stream)
        await stream.message()
        await worker.ask(task_id, "name", silently=True)
        async with asyncio.timeout(20):
            assert (await stream.message())["params"]["status"] == "input_required"
