"""get_job_result and the resources of jobs: their owner finds them; for anybody else they are as if they were not."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from mcp_runtime.calls.results import TextContent, ToolResult, encode_tool_result
from tests.mcp_runtime.cast import ADA, GUS, MAX, credential
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica
from tests.mcp_runtime.streaming import modern_stream

pytestmark = pytest.mark.anyio

AT_ONCE: dict[str, Any] = {
    "params": {"name": "wait", "arguments": {"steps": 1}},
    "meta": {"io.atrium/timeout": 0},
}
OUTSIDERS = [(MAX, ACME), (GUS, GLOBEX)]


async def submit(served: Replica, worker: Worker, key: str = ADA, path: str = ACME) -> str:
    """A job of somebody's, running."""
    await served.modern("tools/call", key, path, **AT_ONCE)
    return await worker.take()


async def fetched(served: Replica, job_id: str, key: str = ADA, path: str = ACME) -> httpx.Response:
    return await served.call("get_job_result", {"job_id": job_id}, key, path=path)


async def read(served: Replica, uri: str, key: str = ADA, path: str = ACME) -> httpx.Response:
    return await served.modern("resources/read", key, path, params={"uri": uri}, headers={"Mcp-Name": uri})


async def test_a_job_is_followed_to_its_result(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    await worker.report(job_id, 2, 5, "two done")
    result = (await fetched(served, job_id)).json()["result"]
    assert (result["isError"], result["structuredContent"]["job"]["status"]) == (False, "working")
    status = msgspec.json.decode(
        (await read(served, f"task://status/{job_id}")).json()["result"]["contents"][0]["text"]
    )
    assert status == result["structuredContent"]["job"]
    assert (status["progress"], status["total"], status["message"]) == (2, 5, "two done")
    await worker.finish(job_id, "the answer")
    result = (await fetched(served, job_id)).json()["result"]
    assert result["structuredContent"] == {"result": "the answer"}
    assert result["_meta"]["io.atrium/job"] == job_id
    (contents,) = (await read(served, f"task://result/{job_id}")).json()["result"]["contents"]
    assert contents["mimeType"] == "application/json"
    assert msgspec.json.decode(contents["text"])["structuredContent"] == {"result": "the answer"}


@pytest.mark.parametrize(("key", "path"), OUTSIDERS)
async def test_somebody_elses_job_is_as_if_it_were_not(served: Replica, worker: Worker, key: str, path: str) -> None:
    theirs = await submit(served, worker)
    await worker.finish(theirs, "canary")
    assert "canary" in (await fetched(served, theirs)).text
    absent = str(uuid4())
    answers = [await fetched(served, job_id, key, path) for job_id in (theirs, absent, "no id at all", theirs.upper())]
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["result"]["isError"] is True
    for kind in ("status", "result"):
        refused = [await read(served, f"task://{kind}/{job_id}", key, path) for job_id in (theirs, absent)]
        bodies = {answer.text.replace(theirs, "ID").replace(absent, "ID") for answer in refused}
        assert len(bodies) == 1
        assert "canary" not in bodies.pop()
        assert {answer.status_code for answer in refused} == {200}
        assert dict(refused[0].headers) | {"date": ""} == dict(refused[1].headers) | {"date": ""}


async def test_the_same_person_with_another_client_is_somebody_else(
    served: Replica, record: Record, worker: Worker
) -> None:
    record.keep_key("other", credential("acme", "ada", "owner", client="another", credential_id="other"))
    job_id = await submit(served, worker)
    assert (await fetched(served, job_id, "other")).content == (await fetched(served, str(uuid4()), "other")).content


async def test_a_rotated_key_finds_the_jobs_of_the_one_before(served: Replica, record: Record, worker: Worker) -> None:
    record.keep_key("rotated", credential("acme", "ada", "owner", credential_id="rotated"))
    job_id = await submit(served, worker)
    await worker.finish(job_id, "kept")
    assert (await fetched(served, job_id, "rotated")).json()["result"]["structuredContent"] == {"result": "kept"}


@pytest.mark.parametrize(("version", "code"), [("2025-11-25", -32002), ("2025-06-18", -32002), ("2025-03-26", -32002)])
async def test_older_revisions_read_resources_with_their_own_code(
    served: Replica, worker: Worker, version: str, code: int
) -> None:
    job_id = await submit(served, worker)
    session = await initialize(served, version=version)
    found = await post(served, request("resources/read", uri=f"task://status/{job_id}"), session=session)
    assert set(found.json()["result"]) == {"contents"}
    uri = "task://status/gone"
    absent = (await post(served, request("resources/read", uri=uri), session=session)).json()["error"]
    assert (absent["code"], absent["data"]) == (code, {"type": "resource_not_found", "uri": uri})
    listed = (await post(served, request("resources/templates/list"), session=session)).json()["result"]
    assert [template["uriTemplate"] for template in listed["resourceTemplates"]] == [
        "task://status/{id}",
        "task://result/{id}",
    ]
    assert (await post(served, request("resources/list"), session=session)).json()["result"] == {"resources": []}


async def test_an_absent_resource_has_the_modern_code_and_hints_are_for_oneself(
    served: Replica, worker: Worker
) -> None:
    job_id = await submit(served, worker)
    assert (await read(served, "task://status/")).json()["error"]["code"] == -32602
    assert (await read(served, "file:///etc/passwd")).json()["error"]["code"] == -32602
    running = (await read(served, f"task://status/{job_id}")).json()["result"]
    await worker.finish(job_id)
    ended = (await read(served, f"task://status/{job_id}")).json()["result"]
    for method in ("resources/list", "resources/templates/list"):
        listed = (await served.modern(method)).json()["result"]
        assert (listed["resultType"], listed["cacheScope"]) == ("complete", "private")
    assert {running["cacheScope"], ended["cacheScope"]} == {"private"}
    assert running["ttlMs"] < ended["ttlMs"]


async def test_a_result_there_is_none_of_is_not_found(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    error = (await read(served, f"task://result/{job_id}")).json()["error"]
    assert (error["code"], "working" in error["message"]) == (-32602, True)
    await worker.fail(job_id, "outcome_unknown", "Look before you call again.")
    assert "failed" in (await read(served, f"task://result/{job_id}")).json()["error"]["message"]
    result = (await fetched(served, job_id)).json()["result"]
    assert result["isError"] is True
    assert result["content"][0]["text"] == "Look before you call again."
    assert result["_meta"]["io.atrium/error"]["type"] == "outcome_unknown"


async def test_a_result_beyond_the_limit_is_linked_and_read(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    large = encode_tool_result(ToolResult([TextContent("x" * 2_000_000)], {"result": "x"}))
    worker.jobs.stored[job_id] = large
    await worker.end(job_id, stored_bytes=len(large))
    result = (await fetched(served, job_id)).json()["result"]
    link = result["content"][1]
    assert (link["type"], link["uri"], link["size"]) == ("resource_link", f"task://result/{job_id}", len(large))
    assert result["structuredContent"]["job"]["resultUri"] == link["uri"]
    assert len((await read(served, link["uri"])).json()["result"]["contents"][0]["text"]) > 2_000_000


async def test_the_oldest_revision_gets_no_content_that_it_does_not_know(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    await worker.end(job_id, stored_bytes=2_000_000)
    session = await initialize(served, version="2025-03-26")
    body = request("tools/call", name="get_job_result", arguments={"job_id": job_id})
    (content,) = (await post(served, body, session=session)).json()["result"]["content"]
    assert (content["type"], f"task://result/{job_id}" in content["text"]) == ("text", True)


async def test_a_result_that_only_its_envelope_makes_too_large_is_linked(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    empty = len(encode_tool_result(ToolResult([TextContent("")])))
    await worker.end(job_id, result=encode_tool_result(ToolResult([TextContent("x" * (1024 * 1024 - empty))])))
    assert (await fetched(served, job_id)).json()["result"]["content"][1]["type"] == "resource_link"


async def test_waiting_for_a_result_ends_with_the_job(served: Replica, beside: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    arguments = {"job_id": job_id, "wait_seconds": 50}
    options = {"params": {"name": "get_job_result", "arguments": arguments}, "meta": {"progressToken": "q"}}
    async with asyncio.timeout(10), modern_stream(beside, "tools/call", **options) as stream:
        while not beside.runtime.job_events.waiting:
            await asyncio.sleep(0.01)
        await worker.report(job_id, 1)
        assert (await stream.message())["params"]["progress"] == 1
        await worker.finish(job_id, "there")
        (last,) = await stream.rest()
    assert last["result"]["structuredContent"] == {"result": "there"}
    assert beside.runtime.job_events.waiting == 0


async def test_waiting_ends_when_the_time_is_over_and_cancels_nothing(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    result = await served.call(
        "get_job_result", {"job_id": job_id, "wait_seconds": 0.05}, headers={"Accept": "application/json"}
    )
    assert result.json()["result"]["structuredContent"]["job"]["status"] == "working"
    options = {"params": {"name": "get_job_result", "arguments": {"job_id": job_id, "wait_seconds": 50}}}
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **options):
        pass
    while served.runtime.job_events.waiting:
        await asyncio.sleep(0.01)
    assert worker.jobs.cancelled.empty()


@pytest.mark.parametrize("arguments", [{}, {"job_id": 7}, {"job_id": "x", "wait_seconds": 51}, {"job_id": "x", "y": 1}])
async def test_wrong_arguments_are_explained(served: Replica, arguments: dict[str, Any]) -> None:
    result = (await served.call("get_job_result", arguments)).json()["result"]
    assert result["_meta"]["io.atrium/error"]["type"] == "invalid_arguments"


async def test_a_record_that_is_away_is_told(served: Replica, worker: Worker) -> None:
    job_id = await submit(served, worker)
    worker.jobs.down = True
    result = (await fetched(served, job_id)).json()["result"]
    assert result["_meta"]["io.atrium/error"]["type"] == "unavailable"
    assert (await read(served, f"task://status/{job_id}")).status_code == 503
