"""A background tool whose parameters are asked for: answered first, and then there is a job that has the answers."""

from typing import Any

import pytest

from mcp_runtime.contract.job_inputs import encode_request, input_key
from tests.mcp_runtime.cast import MAX
from tests.mcp_runtime.input.test_questions_end_a_call import ALL, ALMA, call, state_of
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import CAPABILITIES_META, Replica

pytestmark = pytest.mark.anyio

TASKS = {CAPABILITIES_META: {**ALL[CAPABILITIES_META], "extensions": {"io.modelcontextprotocol/tasks": {}}}}
CATER = {"name": "cater", "arguments": {"day": "Friday"}}


async def ask(served: Replica, **more: Any) -> dict[str, Any]:
    """One call of the tool by a client that knows tasks."""
    response = await served.modern("tools/call", params={**CATER, **more}, meta=TASKS)
    return dict(response.json())


async def test_a_task_is_made_once_everything_is_answered(served: Replica, record: Record) -> None:
    first = await ask(served)
    assert (list(first["result"]["inputRequests"]), record.jobs.asked) == (["guest"], {})
    assert "taskId" not in first["result"]
    made = (await ask(served, inputResponses={"guest": ALMA}, requestState=state_of(first)))["result"]
    assert made["resultType"] == "task"
    assert not {"requestState", "inputRequests"} & made.keys()
    ((key, given),) = record.jobs.asked[made["taskId"]].given.items()
    assert given.answer == {"action": "accept", "content": {"name": "Alma"}}
    assert key == input_key("guest", encode_request(given.request))


async def test_the_same_answers_make_one_job(served: Replica, record: Record) -> None:
    state = state_of(await ask(served))
    await ask(served, inputResponses={"guest": ALMA}, requestState=state)
    again = await ask(served, inputResponses={"guest": ALMA}, requestState=state)
    assert again["error"]["data"]["type"] == "request_state_used"
    assert len(record.jobs.asked) == 1


async def test_a_job_that_is_not_wanted_is_not_made(served: Replica, record: Record) -> None:
    state = state_of(await call(served, "cater", day="Friday"))
    result = (await call(served, "cater", {"guest": {"action": "decline"}}, state, day="Friday"))["result"]
    assert (result["isError"], record.jobs.asked) == (True, {})
    refused = await served.modern("tools/call", params=CATER)
    assert (refused.json()["error"]["code"], record.jobs.asked) == (-32021, {})


async def test_whoever_may_not_call_it_is_asked_nothing(served: Replica, record: Record) -> None:
    refused = await served.modern("tools/call", MAX, params=CATER, meta=TASKS)
    assert refused.json()["error"]["data"]["type"] == "unknown_tool"
