"""tasks/get, tasks/update and tasks/cancel of the tasks extension (io.modelcontextprotocol/tasks, 2026-07-28).

A task is a job, under the id of the job. Nobody but its owner finds it; what is absent and what is somebody else's get
the same answer.
"""

from collections.abc import Awaitable
from typing import TypeVar

from msgspec import UNSET

from mcp_runtime.calls.authorization import SCOPE_CALL
from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.job_asking import answer_job
from mcp_runtime.calls.job_waiting import owner_of
from mcp_runtime.calls.task_support import declares_tasks, missing_extension
from mcp_runtime.calls.task_words import encode_acknowledged, encode_task
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.refusals import Refused, refuse

T = TypeVar("T")


async def get_task(call: Call) -> Answer:
    """How far a task of the caller's is, and its result or error once it has ended. Raises Refused."""
    await _admit(call)
    return encode_task(call, await find_task(call))


async def update_task(call: Call) -> Answer:
    """Take answers to what a task has asked for, all of them or some; those to what is not asked are ignored (Task
    Update Requests). Raises Refused, also where one is no answer to its question, and then takes none."""
    await _admit(call)
    check_may_act(call)
    if call.params.input_responses is UNSET:
        raise refuse("invalid_params", "params.inputResponses is required: an object, an answer under each key.")
    view = await find_task(call)
    if not call.params.input_responses.keys().isdisjoint(view.inputs):
        await answer_job(call, view.id, call.params.input_responses)
    return encode_acknowledged(call)


async def cancel_task(call: Call) -> Answer:
    """Ask for a task to stop; one that has ended stays as it is. Raises Refused."""
    await _admit(call)
    check_may_act(call)
    await cancel_job(call, await find_task(call))
    return encode_acknowledged(call)


async def _admit(call: Call) -> None:
    check_offered(call)
    await call.runtime.gate.admit(call.caller.requests)
    if not declares_tasks(call):
        raise missing_extension(f"{call.method} belongs to an extension.")


def check_offered(call: Call) -> None:
    """Raises Refused (method_not_found) on a server without tools that run in the background."""
    if not call.caller.loaded.has_jobs:
        raise refuse("method_not_found", "This server has no tasks.", method=call.method)


def check_may_act(call: Call) -> None:
    """What a task does is changed with the scope that calls need, whatever its tool. Raises Refused."""
    if SCOPE_CALL not in call.caller.record.scopes:
        text = f"{call.method} needs the scope {SCOPE_CALL}. Authorize again with it."
        raise refuse("insufficient_scope", text, scope=SCOPE_CALL)


async def find_task(call: Call) -> JobView:
    """The caller's own job of `params.taskId`. Raises Refused."""
    task_id = call.params.task_id
    if task_id is UNSET:
        raise refuse("invalid_params", "params.taskId is required: the id of the task.")
    view = None
    if call.caller.access.has_jobs:
        view = await ask_record(call.runtime.jobs.read(owner_of(call), task_id))
    if view is None:
        raise _not_found()
    return view


async def cancel_job(call: Call, view: JobView) -> JobView:
    """Ask for the job to stop; the job as it then is. Raises Refused."""
    asked = await ask_record(call.runtime.jobs.cancel(owner_of(call), view.id))
    if asked is None:
        raise _not_found()
    return asked


async def ask_record(question: Awaitable[T]) -> T:
    """The answer of the record; raises Refused (unavailable) where it can't be asked."""
    try:
        return await question
    except RecordUnavailable as error:
        raise refuse("unavailable", "Tasks can't be looked up just now. Retry shortly.", retry_after=2) from error


def _not_found() -> Refused:
    return refuse("task_not_found", "There is no such task, or it is not yours, or it ended more than 7 days ago.")


MODERN = {"tasks/get": get_task, "tasks/update": update_task, "tasks/cancel": cancel_task}
