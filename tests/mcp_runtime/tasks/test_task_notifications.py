"""notifications/tasks on subscriptions/listen: what tasks/get would answer, for one's own tasks that were named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from tests.mcp_runtime.cast import ADA, GUS, MAX
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica, modern_request
from tests.mcp_runtime.streaming import Stream
from tests.mcp_runtime.tasks.asking import DECLARED, EXTENSION, ask, begin

pytestmark = pytest.mark.anyio

SUBSCRIPTION = "io.modelcontextprotocol/subscriptionId"


@asynccontextmanager
async def listening(served: Replica, task_ids: Any, key: str = ADA, path: str = ACME) -> AsyncIterator[Stream]:
    """A subscription to tasks; it is acknowledged first."""
    asked = {"notifications": {"taskIds": task_ids}}
    request = modern_request("subscriptions/listen", key, params=asked, meta=DECLARED, id=5)
    async with asyncio.timeout(15), served.http.stream("POST", path, **request) as response:
        yield Stream(response)


async def acknowledged(stream: Stream) -> Any:
    """Which tasks the server has agreed to tell of."""
    first = await stream.message()
    assert first["method"] == "notifications/subscriptions/acknowledged"
    return first["params"]["notifications"].get("taskIds")


async def test_a_task_is_told_as_tasks_get_shows_it(served: Replica, beside: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    async with listening(beside, [task_id]) as stream:
        assert await acknowledged(stream) == [task_id]
        now = await stream.message()
        assert (now["method"], now["params"]["status"]) == ("notifications/tasks", "working")
        assert now["params"]["_meta"] == {SUBSCRIPTION: 5}
        while not beside.runtime.job_events.waiting:
            await asyncio.sleep(0.01)
        await worker.report(task_id, 1, 2, "half")
        assert (await stream.message())["params"]["statusMessage"] == "It runs (1 of 2, half)."
        await worker.finish(task_id, "the answer")
        told = (await stream.message())["params"]
    shown = (await ask(served, "tasks/get", task_id)).json()["result"]
    assert told.pop("_meta") == {SUBSCRIPTION: 5}
    assert told == {name: value for name, value in shown.items() if name not in ("resultType", "_meta")}
    async with asyncio.timeout(10):
        while beside.runtime.job_events.waiting:
            await asyncio.sleep(0.01)


async def test_a_task_that_has_ended_is_told_at_once(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    await worker.fail(task_id, "outcome_unknown", "Look first.")
    async with listening(served, [task_id]) as stream:
        assert await acknowledged(stream) == [task_id]
        told = (await stream.message())["params"]
    assert (told["status"], told["error"]["code"]) == ("failed", -32603)


@pytest.mark.must("MUST-28.4")
@pytest.mark.parametrize(("key", "path"), [(MAX, ACME), (GUS, GLOBEX)])
async def test_nobody_is_told_of_somebody_elses_task(served: Replica, worker: Worker, key: str, path: str) -> None:
    theirs, own = await begin(served, worker), await begin(served, worker, key, path)
    async with listening(served, [theirs, str(uuid4()), own, theirs.upper(), own], key, path) as stream:
        assert await acknowledged(stream) == [own]
        assert (await stream.message())["params"]["taskId"] == own
        await worker.finish(theirs, "canary")
        await worker.finish(own)
        assert (await stream.message())["params"]["taskId"] == own
    async with listening(served, [theirs], key, path) as stream:
        assert await acknowledged(stream) is None
        (last,) = await stream.rest()
    assert last["result"]["resultType"] == "complete"


@pytest.mark.must("MUST-15.1")
async def test_the_extension_must_be_declared(served: Replica, worker: Worker) -> None:
    params = {"notifications": {"taskIds": [await begin(served, worker)]}}
    refused = await served.modern("subscriptions/listen", params=params)
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (400, -32021)
    assert error["data"]["requiredCapabilities"] == {"extensions": {EXTENSION: {}}}


@pytest.mark.parametrize("task_ids", ["one", [7], ["x"] * 21, None])
async def test_a_malformed_list_is_refused(served: Replica, task_ids: Any) -> None:
    params = {"notifications": {"taskIds": task_ids}}
    refused = await served.modern("subscriptions/listen", params=params, meta=DECLARED)
    assert refused.json()["error"]["data"]["type"] == "invalid_params"


async def test_listening_to_tasks_costs_nothing_when_it_is_over(served: Replica, worker: Worker) -> None:
    task_id = await begin(served, worker)
    async with listening(served, [task_id]) as stream:
        await acknowledged(stream)
        await stream.message()
    async with asyncio.timeout(10):
        while served.runtime.job_events.waiting:
            await asyncio.sleep(0.01)
    assert worker.jobs.cancelled.empty()
