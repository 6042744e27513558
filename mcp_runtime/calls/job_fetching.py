"""`get_job_result`, the runtime's own tool on every server with background tools: a job's result, or how far it is."""

import asyncio
import contextlib
from typing import Any

from mcp_runtime.calls.authorization import SCOPE_CALL
from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.calls.job_answers import fitting
from mcp_runtime.calls.job_asking import JOB, answer_by_state, is_asked_here, job_of_state
from mcp_runtime.calls.job_waiting import Hear, JobWait, owner_of
from mcp_runtime.calls.job_words import NOT_FOUND
from mcp_runtime.calls.notifications import Notifier
from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.input.rounds import InputRequired
from mcp_runtime.refusals import Refused
from mcp_runtime.toolkits.context import Notification


def answers_at_once(arguments: dict[str, Any]) -> bool:
    """Whether this call waits for nothing."""
    return not arguments.get("wait_seconds")


async def fetch(call: Call, arguments: dict[str, Any], emit: Emit | None) -> ToolResult:
    """Serve one call; the arguments are validated. What is absent and what is somebody else's get the same answer.
    Raises InputRequired where the job asks and this call can end with that, Refused where what the client brings is no
    answer to it."""
    hear = _ignore if emit is None else Notifier(call, emit)
    try:
        # Its answers change what a job does, so it takes more than to look at it.
        may_answer = SCOPE_CALL in call.caller.record.scopes
        asked = job_of_state(call)
        if asked is not None and may_answer:
            await answer_by_state(call, asked)
        view = await _view(call, arguments["job_id"], arguments.get("wait_seconds", 0), hear)
    except RecordUnavailable:
        return failed("unavailable", "The job can't be looked up just now. Try again in a few seconds.")
    if view is None:
        return failed("job_not_found", NOT_FOUND)
    if may_answer and is_asked_here(call, view):
        raise InputRequired(view.inputs, {JOB: view.id})
    return fitting(call, view)


async def _view(call: Call, job_id: str, seconds: float, hear: Hear) -> JobView | None:
    jobs, owner = call.runtime.jobs, owner_of(call)
    view = await jobs.read(owner, job_id)
    if view is None or view.has_ended or not seconds:
        return view
    # Its end is on the record or will be heard: it is followed from now on, and looked at once more.
    followed = await call.runtime.job_events.follow(view.id, can_hurry=True)
    followed.tell_end()
    wait = JobWait(call.runtime, owner, followed, view, hear, _stop_where_asked)
    try:
        with contextlib.suppress(TimeoutError, Refused, _JobAsks):
            async with asyncio.timeout(seconds):
                await wait.until_ended()
    finally:
        call.runtime.job_events.leave(followed)
    return wait.view if wait.view.has_ended else await jobs.read(owner, job_id)


class _JobAsks(Exception):  # noqa: N818 - reads as the state it reports
    """The job waits for an answer: the caller should know."""


def _stop_where_asked(view: JobView) -> None:
    if view.inputs:
        raise _JobAsks


def _ignore(_: Notification) -> None:
    """Without a stream, only its end is waited for."""
