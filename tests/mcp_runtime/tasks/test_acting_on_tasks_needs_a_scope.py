"""With mcp:read a task is looked at, and no more: whoever would stop it or answer it needs what calling needs."""

import asyncio

import pytest

from tests.mcp_runtime.cast import OWNERS_MAY_ALL, READER, server, tools
from tests.mcp_runtime.input.legacy_questions import begin as begin_session
from tests.mcp_runtime.kept_jobs import Worker, named
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import CAPABILITIES_META, Replica
from tests.mcp_runtime.streaming import legacy_stream
from tests.mcp_runtime.tasks.asking import CALL, ask, begin, legacy

pytestmark = pytest.mark.anyio


@pytest.fixture
def record(record: Record) -> Record:
    """Ada's reader key is the same principal as her other one, and may call a tool that runs in the background."""
    in_background = tools(wait={"mode": "background"}, echo={"mode": "background"})
    record.keep_server(server("acme", tools=in_background, grants=(OWNERS_MAY_ALL,)))
    return record


@pytest.mark.must("MUST-28.4")
@pytest.mark.parametrize("method", ["tasks/cancel", "tasks/update"])
async def test_the_extension_tells_which_scope_is_missing(served: Replica, worker: Worker, method: str) -> None:
    task_id = await begin(served, worker)
    assert (await ask(served, "tasks/get", task_id, READER)).json()["result"]["status"] == "working"
    called = await served.call("erase", {"name": "x"}, READER)
    refused = await ask(served, method, task_id, READER, inputResponses={})
    nothing = await ask(served, method, "made-up", READER, inputResponses={})
    for answer in (refused, nothing):
        assert (answer.status_code, answer.json()["error"]["data"]) == (403, called.json()["error"]["data"])
        assert answer.headers["www-authenticate"] == called.headers["www-authenticate"]
    assert worker.jobs.cancelled.empty()


async def test_sessions_are_told_alike(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    await legacy(served, session, "tools/call", **CALL, task={})
    task_id = await worker.take()
    assert (await legacy(served, session, "tasks/get", READER, taskId=task_id))["result"]["status"] == "working"
    called = await post(served, request("tools/call", name="erase", arguments={"name": "x"}), READER, session)
    refused = await post(served, request("tasks/cancel", taskId=task_id), READER, session)
    assert (refused.status_code, refused.json()["error"]["data"]) == (403, called.json()["error"]["data"])
    assert refused.headers["www-authenticate"] == called.headers["www-authenticate"]
    assert worker.jobs.cancelled.empty()


async def test_a_notification_stops_nothing_that_was_called_with_more(
    served: Replica, beside: Replica, worker: Worker
) -> None:
    session = await initialize(served)
    body = request("tools/call", 5, **CALL, _meta={"progressToken": 1})
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}}
    async with asyncio.timeout(20), legacy_stream(served, body, session) as stream:
        job_id = await worker.take()
        for replica in (served, beside):
            assert (await post(replica, cancel, READER, session)).status_code == 202
        await worker.finish(job_id, "to its end")
        assert (await stream.rest())[-1]["result"]["structuredContent"] == {"result": "to its end"}
    assert worker.jobs.cancelled.empty()


async def test_readers_give_up_on_what_they_called_themselves(served: Replica, beside: Replica, worker: Worker) -> None:
    session = await initialize(served)
    body = request("tools/call", 5, name="echo", arguments={"text": "x"}, _meta={"progressToken": 1})
    cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 5}}
    async with asyncio.timeout(20), legacy_stream(served, body, session, READER):
        job_id = await worker.take()
        assert (await post(beside, cancel, READER, session)).status_code == 202
        assert await worker.jobs.cancelled.get() == job_id


@pytest.mark.must("MUST-28.4")
async def test_who_may_only_read_is_not_asked_what_a_job_asks(served: Replica, worker: Worker) -> None:
    forms = {"elicitation": {"form": {}}}
    session = await begin_session(served, forms)
    await legacy(served, session, "tools/call", **CALL, task={})
    job_id = await worker.take()
    await worker.ask(job_id, "name")

    params = {"name": "get_job_result", "arguments": {"job_id": job_id}}
    meta = {CAPABILITIES_META: forms}
    asked = (await served.modern("tools/call", params=params, meta=meta)).json()["result"]
    assert asked["resultType"] == "input_required"
    answers = {"requestState": asked["requestState"], "inputResponses": {"name": named("Eve")}}
    for more in ({}, answers):
        told = (await served.modern("tools/call", READER, params={**params, **more}, meta=meta)).json()["result"]
        assert told["structuredContent"]["job"]["status"] == "input_required"

    body = request("tasks/result", 8, taskId=job_id)
    async with asyncio.timeout(20), legacy_stream(served, body, session, READER) as stream:
        await worker.finish(job_id)
        assert [message["id"] for message in await stream.rest()] == [8]
    assert worker.jobs.answers == {}
