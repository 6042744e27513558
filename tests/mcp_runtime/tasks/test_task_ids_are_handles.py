"""An id of a task can't be guessed, and only tasks/cancel cancels it: giving up on the request does not."""

from uuid import UUID

import pytest

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.serving import MODERN, Replica
from tests.mcp_runtime.tasks.asking import CALL, DECLARED, ask

pytestmark = pytest.mark.anyio


def giving_up(number: int) -> dict[str, object]:
    """The notification that a request is cancelled."""
    return {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}}


@pytest.mark.must("MUST-28.3")
async def test_nobody_guesses_the_id_of_a_task(served: Replica) -> None:
    made = [(await served.modern("tools/call", params=CALL, meta=DECLARED)).json()["result"] for _ in range(20)]
    ids = [UUID(task["taskId"]) for task in made]
    assert len(set(ids)) == 20
    assert all(task_id.version == 4 for task_id in ids)
    # A replica's own share of the id is the same in all; the rest is drawn anew for each.
    assert len({task_id.int & (2**64 - 1) for task_id in ids}) == 20
    differing = 0
    for task_id in ids[1:]:
        differing |= task_id.int ^ ids[0].int
    assert differing.bit_count() >= 80


@pytest.mark.must("MUST-28.7")
async def test_a_notification_cancels_no_task_of_a_modern_client(served: Replica, worker: Worker) -> None:
    task = (await served.modern("tools/call", params=CALL, meta=DECLARED, id=9)).json()["result"]
    job_id = await worker.take()
    assert (await post(served, giving_up(9), ADA, **{"MCP-Protocol-Version": MODERN})).status_code == 202
    assert (await ask(served, "tasks/get", job_id)).json()["result"]["status"] == task["status"] == "working"
    assert worker.jobs.cancelled.empty()


@pytest.mark.must("MUST-27.6")
async def test_a_notification_cancels_no_task_of_a_session(served: Replica, worker: Worker) -> None:
    session = await initialize(served)
    await post(served, request("tools/call", 9, **CALL, task={}), session=session)
    job_id = await worker.take()
    assert (await post(served, giving_up(9), session=session)).status_code == 202
    got = (await post(served, request("tasks/get", 10, taskId=job_id), session=session)).json()
    assert got["result"]["status"] == "working"
    assert worker.jobs.cancelled.empty()
