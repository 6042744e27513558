"""A call of a background tool becomes a task exactly where its client says, on this request, that it knows tasks."""

import asyncio
from typing import Any

import pytest

from mcp_runtime.contract.jobs import JobState
from tests.mcp_runtime.cast import MAX, tools
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import CAPABILITIES_META, Replica
from tests.mcp_runtime.streaming import modern_stream
from tests.mcp_runtime.tasks.asking import CALL, DECLARED, EXTENSION, ask
from tests.mcp_runtime.test_audit_trail import flushed

pytestmark = pytest.mark.anyio


async def test_the_extension_is_offered_where_there_are_background_tools(served: Replica) -> None:
    capabilities = (await served.modern("server/discover")).json()["result"]["capabilities"]
    assert capabilities["extensions"] == {EXTENSION: {}}
    assert "tasks" not in capabilities


async def test_there_are_no_tasks_without_background_tools(served: Replica, record: Record) -> None:
    record.change_server("acme", "desk", tools=tools())
    assert "extensions" not in (await served.modern("server/discover")).json()["result"]["capabilities"]
    assert (await ask(served, "tasks/get", "any")).json()["error"]["code"] == -32601


@pytest.mark.must("MUST-28.2")
async def test_a_call_is_answered_with_a_task_that_is_there(served: Replica, record: Record) -> None:
    answer = await served.modern("tools/call", params=CALL, meta=DECLARED)
    assert answer.headers["content-type"] == "application/json"
    created = answer.json()["result"]
    assert record.jobs.views[created["taskId"]].state is JobState.QUEUED
    assert (created["resultType"], created["status"], created["ttlMs"]) == ("task", "working", None)
    assert (created["pollIntervalMs"], created["statusMessage"]) == (1000, "It waits for a worker.")
    assert created["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "desk"
    assert not {"result", "error", "inputRequests", "requestState", "task", "ttl"} & created.keys()
    found = (await ask(served, "tasks/get", created["taskId"])).json()["result"]
    assert found == {**created, "resultType": "complete"}


@pytest.mark.must("MUST-15.2", "MUST-28.1")
@pytest.mark.parametrize(
    "capabilities", [{}, {"extensions": {}}, {"extensions": {EXTENSION: True}}, {"extensions": []}, {"tasks": {}}]
)
async def test_who_does_not_declare_the_extension_waits_for_the_result(
    served: Replica, worker: Worker, capabilities: dict[str, Any]
) -> None:
    meta = {CAPABILITIES_META: capabilities}
    async with asyncio.timeout(10), modern_stream(served, "tools/call", params=CALL, meta=meta) as stream:
        await worker.finish(await worker.take(), "the answer")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "the answer"}


async def test_other_tools_are_answered_as_ever(served: Replica) -> None:
    params = {"name": "echo", "arguments": {"text": "a"}, "task": {"ttl": 60_000, "pollInterval": 100}}
    result = (await served.modern("tools/call", params=params, meta=DECLARED)).json()["result"]
    assert (result["resultType"], result["structuredContent"]) == ("complete", {"result": "a"})
    wrong = (await served.modern("tools/call", params={"name": "wait", "arguments": {}}, meta=DECLARED)).json()
    assert wrong["result"]["_meta"]["io.atrium/error"]["type"] == "invalid_arguments"


async def test_a_connection_that_closes_behind_the_answer_cancels_nothing(served: Replica, worker: Worker) -> None:
    async with modern_stream(served, "tools/call", params=CALL, meta=DECLARED) as stream:
        assert stream.response.status_code == 200
    job_id = await worker.take()
    assert (await ask(served, "tasks/get", job_id)).json()["result"]["status"] == "working"
    assert worker.jobs.cancelled.empty()
    assert served.runtime.job_events.waiting == 0


@pytest.mark.must("MUST-15.1")
async def test_a_tool_that_runs_only_as_a_task_refuses_who_knows_none(
    served: Replica, worker: Worker, publisher: Publisher
) -> None:
    params = {"name": "tell", "arguments": {"steps": 1}}
    refused = await served.modern("tools/call", params=params)
    assert refused.status_code == 400
    error = refused.json()["error"]
    assert error["code"] == -32021
    assert error["data"] == {"type": "missing_capability", "requiredCapabilities": {"extensions": {EXTENSION: {}}}}
    (event,) = await flushed(served, publisher)
    assert (event.tool, event.outcome, event.reason) == ("tell", "refused", "missing_capability")
    assert worker.jobs.created.empty()
    created = (await served.modern("tools/call", params=params, meta=DECLARED)).json()["result"]
    assert created["taskId"] == await worker.take()


async def test_the_same_key_is_the_same_task_and_then_its_answer(served: Replica, worker: Worker) -> None:
    meta = {**DECLARED, "io.atrium/idempotencyKey": "k"}
    first = (await served.modern("tools/call", params=CALL, meta=meta)).json()["result"]
    again = (await served.modern("tools/call", params=CALL, meta=meta)).json()["result"]
    other = (await served.modern("tools/call", MAX, params=CALL, meta=meta)).json()["result"]
    assert first["taskId"] == again["taskId"] != other["taskId"]
    await worker.finish(first["taskId"], "done once")
    ended = (await served.modern("tools/call", params=CALL, meta=meta)).json()["result"]
    assert (ended["resultType"], ended["structuredContent"]) == ("complete", {"result": "done once"})


@pytest.mark.must("MUST-28.2")
async def test_a_task_that_could_not_be_made_is_no_task(served: Replica, record: Record, worker: Worker) -> None:
    record.jobs.limit = 0
    assert (await served.modern("tools/call", params=CALL, meta=DECLARED)).json()["error"]["code"] == 4294
    record.jobs.limit, worker.jobs.loses_answers = 10, True
    lost = (await served.modern("tools/call", params=CALL, meta=DECLARED)).json()["error"]
    assert lost["data"] == {"type": "unavailable", "job": await worker.take()}
