"""tasks/get, tasks/result, tasks/list and tasks/cancel of 2025-11-25 (basic/utilities/tasks), where they are
experimental. The other older revisions have no tasks. What there is to list are the caller's own jobs on this server.
"""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.encoding import encode
from mcp_runtime.calls.job_waiting import owner_of
from mcp_runtime.calls.task_waiting import AwaitedTask, Encode
from mcp_runtime.calls.task_words import encode_task_result, legacy_task
from mcp_runtime.contract.jobs import JobState, JobView
from mcp_runtime.methods.tasks import ask_record, cancel_job, check_may_act, check_offered, find_task
from mcp_runtime.protocol.versions import WITH_TASKS
from mcp_runtime.refusals import Refused, refuse

PAGE_LENGTH: Final = 20


async def get_task(call: Call) -> Answer:
    """How far a task of the caller's is. Raises Refused."""
    await _admit(call)
    return encode(legacy_task(await find_task(call)))


async def task_result(call: Call) -> Answer:
    """What the call would have been answered, once the task has ended. Raises Refused."""
    await _admit(call)
    view = await find_task(call)
    if view.has_ended:
        return encode_task_result(call, view)
    return await AwaitedTask(call, encode_task_result).begin(view)


async def list_tasks(call: Call) -> Answer:
    """The caller's tasks, newest first, in pages. A cursor is the id of a task of theirs: for anybody else it is like
    one that was never given out. Raises Refused."""
    await _admit(call)
    cursor = call.params.cursor
    found: Any = []
    if call.caller.access.has_jobs:
        after = None if cursor is UNSET else cursor
        found = await ask_record(call.runtime.jobs.page(owner_of(call), after=after, limit=PAGE_LENGTH + 1))
    if found is None:
        raise refuse("invalid_cursor", "This cursor was not given out to you, or its task is gone. Ask without one.")
    page: dict[str, Any] = {"tasks": [legacy_task(view) for view in found[:PAGE_LENGTH]]}
    if len(found) > PAGE_LENGTH:
        page["nextCursor"] = found[PAGE_LENGTH - 1].id
    return encode(page)


async def cancel_task(call: Call) -> Answer:
    """Have a task stop, and answer once it is cancelled. Raises Refused, also where it had ended before."""
    await _admit(call)
    check_may_act(call)
    view = await find_task(call)
    if view.has_ended:
        raise _ended(view)
    view = await cancel_job(call, view)
    return _cancelled(call, view) if view.has_ended else await AwaitedTask(call, _cancelled).begin(view)


async def _admit(call: Call) -> None:
    if call.version not in WITH_TASKS:
        raise refuse("method_not_found", f"{call.version} has no tasks.", method=call.method)
    check_offered(call)
    await call.runtime.gate.admit(call.caller.requests)


def _cancelled(_: Call, view: JobView) -> bytes:
    if view.state is not JobState.CANCELLED:
        raise _ended(view)
    return encode(legacy_task(view))


def _ended(view: JobView) -> Refused:
    status = legacy_task(view)["status"]
    return refuse("task_ended", f"The task can't be cancelled: it is {status} already.", status=status)


AWAITING: Final[dict[str, Encode]] = {"tasks/result": encode_task_result, "tasks/cancel": _cancelled}
"""What wait for the end of a task, with what they answer then: another replica may have to."""

LEGACY = {
    "tasks/get": get_task,
    "tasks/result": task_result,
    "tasks/list": list_tasks,
    "tasks/cancel": cancel_task,
}
