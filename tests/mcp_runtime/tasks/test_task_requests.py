"""tasks/get, tasks/update and tasks/cancel of the extension; for anybody but its owner a task is as if it were not."""

import asyncio
from time import time
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from mcp_runtime.calls.results import TextContent, ToolResult, encode_tool_result
from mcp_runtime.calls.task_words import ERROR_CODES
from mcp_runtime.contract.jobs import JobEnding, JobState
from mcp_runtime.wire.errors import TABLE
from tests.mcp_runtime.cast import GUS, MAX, credential
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica
from tests.mcp_runtime.tasks.asking import CALL, DECLARED, EXTENSION, ask, begin
from tests.mcp_runtime.test_limits import SCARCE, limit

pytestmark = pytest.mark.anyio

METHODS = ("tasks/get", "tasks/update", "tasks/cancel")
RESPONSES: dict[str, Any] = {"inputResponses": {"unknown": {"action": "accept"}}}


async def test_progress_shows_in_the_status_message(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.report(task_id, 2, 5, "two done")
    task = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert (task["status"], task["statusMessage"]) == ("working", "It runs (2 of 5, two done).")
    assert task["lastUpdatedAt"] > task["createdAt"]


async def test_a_completed_task_has_the_result_of_the_call(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.finish(task_id, "the answer")
    worker.jobs.change(task_id, expires_at=worker.jobs.views[task_id].created_at + 600)
    task = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert (task["resultType"], task["status"], task["ttlMs"]) == ("complete", "completed", 600_000)
    assert "pollIntervalMs" not in task
    result = task["result"]
    assert (result["resultType"], result["structuredContent"]) == ("complete", {"result": "the answer"})
    assert result["_meta"]["io.atrium/job"] == task_id
    assert "io.modelcontextprotocol/related-task" not in result["_meta"]


@pytest.mark.must("MUST-28.5")
async def test_a_tools_own_error_is_a_completed_task(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.end(task_id, result=encode_tool_result(ToolResult([TextContent("no such city")], is_error=True)))
    task = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert (task["status"], task["result"]["isError"], "error" in task) == ("completed", True, False)


@pytest.mark.must("MUST-28.5")
async def test_a_job_whose_outcome_nobody_knows_is_a_failed_task(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.fail(task_id, "outcome_unknown", "Look before you call again.")
    task = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert (task["status"], "result" in task) == ("failed", False)
    assert task["error"] == {
        "code": -32603,
        "message": "Look before you call again.",
        "data": {"type": "outcome_unknown", "job": task_id},
    }
    assert task["statusMessage"] == "Look before you call again."


def test_a_failed_task_has_the_code_of_the_refusal() -> None:
    assert {reason: TABLE[reason].code for reason in ERROR_CODES} == ERROR_CODES


async def test_a_cancelled_task_says_so_and_stays_so(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    acknowledged = (await ask(served, "tasks/cancel", task_id)).json()["result"]
    assert acknowledged.keys() == {"resultType", "_meta"}
    assert acknowledged["resultType"] == "complete"
    assert worker.jobs.cancelled.get_nowait() == task_id
    await worker.end(task_id, state=JobState.CANCELLED, ending=JobEnding.STOPPED)
    task = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert (task["status"], "stopped by itself" in task["statusMessage"]) == ("cancelled", True)
    assert not {"result", "error"} & task.keys()
    assert (await ask(served, "tasks/cancel", task_id)).json()["result"] == acknowledged


async def test_answers_to_what_was_not_asked_are_ignored(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    acknowledged = (await ask(served, "tasks/update", task_id, **RESPONSES)).json()["result"]
    assert (acknowledged["resultType"], acknowledged.keys()) == ("complete", {"resultType", "_meta"})
    assert (await ask(served, "tasks/get", task_id)).json()["result"]["status"] == "working"
    for params in ({}, {"inputResponses": []}, {"inputResponses": None}):
        assert (await ask(served, "tasks/update", task_id, **params)).json()["error"]["code"] == -32602


@pytest.mark.must("MUST-16.2", "MUST-28.4")
@pytest.mark.parametrize(("key", "path"), [(MAX, ACME), (GUS, GLOBEX)])
@pytest.mark.parametrize("method", METHODS)
async def test_somebody_elses_task_is_as_if_it_were_not(
    served: Replica, worker: Worker, method: str, key: str, path: str
) -> None:
    theirs = await begin(served, worker)
    await worker.finish(theirs, "canary")
    answers = [
        await ask(served, method, task_id, key, path, **RESPONSES)
        for task_id in (theirs, str(uuid4()), "no id at all", theirs.upper())
    ]
    assert len({answer.content for answer in answers}) == 1
    assert {answer.status_code for answer in answers} == {200}
    error = answers[0].json()["error"]
    assert (error["code"], error["data"]) == (-32602, {"type": "task_not_found"})
    assert worker.jobs.cancelled.empty()


@pytest.mark.must("MUST-16.2")
async def test_the_same_person_with_another_client_is_somebody_else(
    served: Replica, record: Record, worker: Worker
) -> None:
    record.keep_key("other", credential("acme", "ada", "owner", client="another", credential_id="other"))
    record.keep_key("rotated", credential("acme", "ada", "owner", credential_id="rotated"))
    task_id = await begin(served, worker)
    absent = await ask(served, "tasks/get", str(uuid4()), "other")
    assert (await ask(served, "tasks/get", task_id, "other")).content == absent.content
    assert (await ask(served, "tasks/get", task_id, "rotated")).json()["result"]["taskId"] == task_id


@pytest.mark.must("MUST-15.1", "MUST-16.1")
@pytest.mark.parametrize("method", METHODS)
async def test_the_extension_must_be_declared_on_every_request(served: Replica, worker: Worker, method: str) -> None:
    task_id = await begin(served, worker)
    params = {"taskId": task_id, **RESPONSES}
    refused = await served.modern(method, params=params, headers={"Mcp-Name": task_id})
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert (error["code"], error["data"]["requiredCapabilities"]) == (-32021, {"extensions": {EXTENSION: {}}})
    assert worker.jobs.cancelled.empty()


@pytest.mark.must("MUST-13.2")
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", [None, "another"])
async def test_the_header_must_name_the_task(served: Replica, worker: Worker, method: str, name: str | None) -> None:
    params = {"taskId": await begin(served, worker), **RESPONSES}
    refused = await served.modern(method, params=params, meta=DECLARED, headers={"Mcp-Name": name})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)


@pytest.mark.parametrize("params", [{}, {"taskId": 7}, {"taskId": None}])
async def test_a_task_has_to_be_named(served: Replica, params: dict[str, Any]) -> None:
    refused = await served.modern("tasks/get", params=params, meta=DECLARED, headers={"Mcp-Name": "7"})
    assert refused.json()["error"]["code"] == -32602


@pytest.mark.parametrize("method", ["tasks/result", "tasks/list"])
async def test_what_only_the_older_revision_has_is_no_method(served: Replica, method: str) -> None:
    assert (await ask(served, method, "any")).json()["error"]["code"] == -32601


async def test_every_replica_knows_the_task(served: Replica, beside: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.finish(task_id, "from anywhere")
    task = (await ask(beside, "tasks/get", task_id)).json()["result"]
    assert task["result"]["structuredContent"] == {"result": "from anywhere"}


async def test_polling_is_limited_as_any_request(served: Replica, record: Record, worker: Worker) -> None:
    limit(record, principal=SCARCE)
    task_id = await begin(served, worker)
    async with asyncio.timeout(10):
        while (answer := await ask(served, "tasks/get", task_id)).status_code != 429:
            assert answer.json()["result"]["taskId"] == task_id
    assert answer.json()["error"]["data"]["type"] == "rate_limited"


@pytest.mark.must("MUST-28.4")
async def test_who_lost_every_grant_finds_no_task(
    served: Replica, record: Record, publisher: Publisher, worker: Worker
) -> None:
    task_id = await begin(served, worker, MAX)
    await publisher.server(record.change_server("acme", "desk", grants=()))
    async with asyncio.timeout(10):
        while "result" in (await ask(served, "tasks/get", task_id, MAX)).json():
            await asyncio.sleep(0.01)
    assert (await ask(served, "tasks/get", task_id, MAX)).json()["error"]["data"]["type"] == "task_not_found"


async def test_a_record_that_is_away_is_told(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    worker.jobs.down = True
    for method in METHODS:
        assert (await ask(served, method, task_id, **RESPONSES)).status_code == 503


async def test_who_waits_long_is_asked_to_look_less_often(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    for age, pause in ((1, 1000), (60, 3000), (3600, 5000)):
        view = msgspec.structs.replace(worker.jobs.views[task_id], created_at=time() - age)
        worker.jobs.views[task_id] = view
        task = (await ask(served, "tasks/get", task_id)).json()["result"]
        assert task["pollIntervalMs"] == pytest.approx(pause, abs=100)


async def test_a_result_beyond_the_limit_is_linked(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.end(task_id, stored_bytes=2_000_000)
    task = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert task["result"]["content"][1]["uri"] == f"task://result/{task_id}"


async def test_a_job_that_was_waited_for_is_a_task_too(served: Replica, worker: Worker) -> None:
    await served.modern("tools/call", params=CALL, meta={"io.atrium/timeout": 0})
    task_id = await worker.take()
    assert (await ask(served, "tasks/get", task_id)).json()["result"]["status"] == "working"
