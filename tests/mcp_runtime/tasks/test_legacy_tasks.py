"""The experimental tasks of 2025-11-25, and of no other revision: asked for with params.task, in sessions."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult, encode_tool_result
from mcp_runtime.contract.jobs import JobEnding, JobState
from mcp_runtime.methods.legacy_tasks import PAGE_LENGTH
from tests.mcp_runtime.cast import ADA, GUS, MAX, tools
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, initialize_request, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica
from tests.mcp_runtime.streaming import legacy_stream
from tests.mcp_runtime.tasks.asking import CALL, legacy

pytestmark = pytest.mark.anyio

RELATED = "io.modelcontextprotocol/related-task"


async def begin_legacy(served: Replica, worker: Worker, session: str, key: str = ADA, path: str = ACME) -> str:
    """A task of a session, running."""
    answer = await legacy(served, session, "tools/call", key, path, **CALL, task={"ttl": 60_000})
    job_id = await worker.take()
    assert answer["result"]["task"]["taskId"] == job_id
    return job_id


async def waiting(served: Replica) -> None:
    """Until somebody waits for a job."""
    while not served.runtime.job_events.waiting:
        await asyncio.sleep(0.01)


async def test_sessions_of_the_revision_are_offered_tasks(served: Replica) -> None:
    offered = {}
    for version in ("2025-11-25", "2025-06-18", "2025-03-26"):
        capabilities = (await post(served, initialize_request(version))).json()["result"]["capabilities"]
        listed = (await legacy(served, await initialize(served, version=version), "tools/list"))["result"]["tools"]
        executions = {tool["name"]: tool["execution"] for tool in listed if "execution" in tool}
        offered[version] = (capabilities.get("tasks"), executions)
    tasks = {"list": {}, "cancel": {}, "requests": {"tools": {"call": {}}}}
    supported = {"wait": {"taskSupport": "optional"}, "tell": {"taskSupport": "required"}}
    assert offered == {"2025-11-25": (tasks, supported), "2025-06-18": (None, {}), "2025-03-26": (None, {})}
    listed = (await served.modern("tools/list")).json()["result"]["tools"]
    assert not [tool for tool in listed if "execution" in tool]


@pytest.mark.must("MUST-27.8")
async def test_a_task_is_followed_to_its_result(served: Replica, beside: Replica, worker: Worker) -> None:
    session = await initialize(served)
    created = (await legacy(served, session, "tools/call", **CALL, task={}))["result"]
    task_id = await worker.take()
    assert created.keys() == {"task"}
    assert (created["task"]["status"], created["task"]["ttl"]) == ("working", None)
    await worker.report(task_id, 1, 2)
    found = (await legacy(beside, session, "tasks/get", taskId=task_id))["result"]
    assert (found["taskId"], found["status"], found["statusMessage"]) == (task_id, "working", "It runs (1 of 2).")
    assert (found["pollInterval"], "_meta" in found) == (1000, False)
    await worker.finish(task_id, "the answer")
    assert (await legacy(beside, session, "tasks/get", taskId=task_id))["result"]["status"] == "completed"
    result = (await legacy(beside, session, "tasks/result", taskId=task_id))["result"]
    assert result["structuredContent"] == {"result": "the answer"}
    assert result["_meta"] == {"io.atrium/job": task_id, RELATED: {"taskId": task_id}}


@pytest.mark.must("MUST-27.5")
async def test_a_result_is_waited_for_on_a_stream(served: Replica, beside: Replica, worker: Worker) -> None:
    session = await initialize(served)
    task_id = await begin_legacy(served, worker, session)
    body = request("tasks/result", 7, taskId=task_id, _meta={"progressToken": "p"})
    async with asyncio.timeout(10), legacy_stream(beside, body, session) as stream:
        await waiting(beside)
        await worker.report(task_id, 1, 2, "half")
        said = await stream.message()
        await worker.finish(task_id, "there")
        (last,) = await stream.rest()
    assert (said["method"], said["params"]["progress"]) == ("notifications/progress", 1)
    assert said["params"]["_meta"] == {RELATED: {"taskId": task_id}}
    assert (last["id"], last["result"]["structuredContent"]) == (7, {"result": "there"})
    assert last["result"]["_meta"][RELATED] == {"taskId": task_id}
    assert beside.runtime.job_events.waiting == 0


@pytest.mark.must("MUST-27.5")
async def test_who_takes_no_stream_waits_all_the_same(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    task_id = await begin_legacy(served, worker, session)
    body = request("tasks/result", taskId=task_id)
    asking = asyncio.ensure_future(post(served, body, session=session, Accept="application/json"))
    async with asyncio.timeout(10):
        await waiting(served)
        await worker.finish(task_id, "there")
        assert (await asking).json()["result"]["structuredContent"] == {"result": "there"}


async def test_the_end_of_a_request_for_the_result_cancels_nothing(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    task_id = await begin_legacy(served, worker, session)
    async with asyncio.timeout(10), legacy_stream(served, request("tasks/result", 7, taskId=task_id), session):
        await waiting(served)
        note = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 7}}
        await post(served, note, session=session)
        while served.runtime.job_events.waiting:
            await asyncio.sleep(0.01)
    assert worker.jobs.cancelled.empty()
    assert (await legacy(served, session, "tasks/get", taskId=task_id))["result"]["status"] == "working"


async def test_a_tools_own_error_is_a_failed_task_with_a_result(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    for ending in (JobEnding.RETURNED, JobEnding.TIMEOUT, JobEnding.CRASHED):
        task_id = await begin_legacy(served, worker, session)
        body = encode_tool_result(ToolResult([TextContent("no")], is_error=True))
        await worker.end(task_id, result=body, ending=ending)
        assert (await legacy(served, session, "tasks/get", taskId=task_id))["result"]["status"] == "failed"
        assert (await legacy(served, session, "tasks/result", taskId=task_id))["result"]["isError"] is True


@pytest.mark.must("MUST-27.8")
async def test_a_task_without_a_result_is_answered_with_its_error(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    task_id = await begin_legacy(served, worker, session)
    await worker.fail(task_id, "outcome_unknown", "Look first.")
    assert (await legacy(served, session, "tasks/get", taskId=task_id))["result"]["statusMessage"] == "Look first."
    error = (await legacy(served, session, "tasks/result", taskId=task_id))["error"]
    assert (error["code"], error["data"]["type"]) == (-32603, "outcome_unknown")


@pytest.mark.must("MUST-27.4")
async def test_cancelling_is_answered_when_the_task_is_cancelled(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    task_id = await begin_legacy(served, worker, session)
    async with (
        asyncio.timeout(10),
        legacy_stream(served, request("tasks/cancel", 3, taskId=task_id), session) as stream,
    ):
        assert await worker.jobs.cancelled.get() == task_id
        await worker.end(task_id, state=JobState.CANCELLED, ending=JobEnding.STOPPED)
        (last,) = await stream.rest()
    assert (last["id"], last["result"]["taskId"], last["result"]["status"]) == (3, task_id, "cancelled")
    again = (await legacy(served, session, "tasks/cancel", taskId=task_id))["error"]
    assert (again["code"], again["data"]) == (-32602, {"type": "task_ended", "status": "cancelled"})
    assert (await legacy(served, session, "tasks/result", taskId=task_id))["error"]["data"]["type"] == "cancelled"


async def test_a_task_that_ended_before_it_was_cancelled_was_not(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    task_id = await begin_legacy(served, worker, session)
    body = request("tasks/cancel", taskId=task_id)
    async with asyncio.timeout(10), legacy_stream(served, body, session) as stream:
        await worker.jobs.cancelled.get()
        await worker.finish(task_id)
        (last,) = await stream.rest()
    assert last["error"]["data"] == {"type": "task_ended", "status": "completed"}


@pytest.mark.must("MUST-27.2")
async def test_tasks_are_listed_in_pages_to_their_owner(served: Replica, worker: Worker) -> None:
    sessions = {
        key: await initialize(served, key, path=path) for key, path in ((ADA, ACME), (MAX, ACME), (GUS, GLOBEX))
    }
    made = [await begin_legacy(served, worker, sessions[ADA]) for _ in range(PAGE_LENGTH + 1)]
    theirs = await begin_legacy(served, worker, sessions[MAX], MAX)
    first = (await legacy(served, sessions[ADA], "tasks/list"))["result"]
    rest = (await legacy(served, sessions[ADA], "tasks/list", cursor=first["nextCursor"]))["result"]
    assert [task["taskId"] for task in first["tasks"] + rest["tasks"]] == made[::-1]
    assert "nextCursor" not in rest
    assert [task["taskId"] for task in (await legacy(served, sessions[MAX], "tasks/list", MAX))["result"]["tasks"]] == [
        theirs
    ]
    assert (await legacy(served, sessions[GUS], "tasks/list", GUS, GLOBEX))["result"] == {"tasks": []}
    for cursor in (first["nextCursor"], str(uuid4()), "made up", ""):
        refused = await legacy(served, sessions[GUS], "tasks/list", GUS, GLOBEX, cursor=cursor)
        assert (refused["error"]["code"], refused["error"]["data"]) == (-32602, {"type": "invalid_cursor"})


@pytest.mark.must("MUST-27.1")
@pytest.mark.parametrize(("key", "path"), [(MAX, ACME), (GUS, GLOBEX)])
@pytest.mark.parametrize("method", ["tasks/get", "tasks/result", "tasks/cancel"])
async def test_somebody_elses_task_is_as_if_it_were_not(
    served: Replica, worker: Worker, method: str, key: str, path: str
) -> None:
    theirs = await begin_legacy(served, worker, await initialize(served))
    await worker.finish(theirs, "canary")
    session = await initialize(served, key, path=path)
    answers = [await legacy(served, session, method, key, path, taskId=task_id) for task_id in (theirs, str(uuid4()))]
    assert answers[0] == answers[1]
    assert (answers[0]["error"]["code"], answers[0]["error"]["data"]) == (-32602, {"type": "task_not_found"})
    assert worker.jobs.cancelled.empty()


@pytest.mark.parametrize("method", ["tasks/get", "tasks/result", "tasks/list", "tasks/cancel"])
@pytest.mark.parametrize("version", ["2025-06-18", "2025-03-26"])
async def test_other_revisions_have_no_tasks(served: Replica, worker: Worker, method: str, version: str) -> None:
    task_id = await begin_legacy(served, worker, await initialize(served))
    session = await initialize(served, version=version)
    refused = await legacy(served, session, method, taskId=task_id)
    assert (refused["error"]["code"], refused["error"]["data"]["type"]) == (-32601, "method_not_found")


@pytest.mark.must("MUST-27.9")
@pytest.mark.parametrize("version", ["2025-06-18", "2025-03-26"])
async def test_other_revisions_wait_for_what_is_asked_as_a_task(served: Replica, worker: Worker, version: str) -> None:
    session = await initialize(served, version=version)
    body = request("tools/call", **CALL, task={"ttl": "not theirs"})
    async with asyncio.timeout(10), legacy_stream(served, body, session) as stream:
        await worker.finish(await worker.take(), "waited for")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "waited for"}


@pytest.mark.must("MUST-27.9")
async def test_there_are_no_tasks_without_background_tools(served: Replica, record: Record) -> None:
    record.change_server("acme", "desk", tools=tools())
    session = await initialize(served)
    assert (await legacy(served, session, "tasks/list"))["error"]["code"] == -32601
    params = {"name": "echo", "arguments": {"text": "a"}, "task": {}}
    assert (await legacy(served, session, "tools/call", **params))["result"]["structuredContent"] == {"result": "a"}


@pytest.mark.must("MUST-27.7")
@pytest.mark.parametrize(
    ("params", "code", "kind"),
    [
        ({"name": "echo", "arguments": {"text": "a"}, "task": {}}, -32601, "method_not_found"),
        ({"name": "get_job_result", "arguments": {"job_id": "x"}, "task": {}}, -32601, "method_not_found"),
        ({"name": "tell", "arguments": {"steps": 1}}, -32601, "task_required"),
        ({**CALL, "task": 7}, -32602, "invalid_params"),
        ({**CALL, "task": {"ttl": "long"}}, -32602, "invalid_params"),
        ({**CALL, "task": {"ttl": True}}, -32602, "invalid_params"),
    ],
)
async def test_what_can_be_no_task_or_nothing_else_is_refused(
    served: Replica, worker: Worker, params: dict[str, Any], code: int, kind: str
) -> None:
    error = (await legacy(served, await initialize(served), "tools/call", **params))["error"]
    assert (error["code"], error["data"]["type"]) == (code, kind)
    assert worker.jobs.created.empty()
