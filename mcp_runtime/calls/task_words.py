"""A job as the task that clients see: of the tasks extension of 2026-07-28, and of 2025-11-25."""

from time import time
from typing import Any, Final

import msgspec
from msgspec import Raw

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.encoding import encode, encode_result, server_info
from mcp_runtime.calls.job_answers import encode_answer, fitting
from mcp_runtime.calls.job_words import how_far, no_answer, open_questions, status_word, timestamp
from mcp_runtime.calls.results import decode_tool_result
from mcp_runtime.contract.jobs import JobEnding, JobState, JobView
from mcp_runtime.refusals import Refusal, Refused

RELATED_META: Final = "io.modelcontextprotocol/related-task"
"""Under `_meta` of everything that belongs to a task of 2025-11-25 and does not say so otherwise."""

SOONEST_MS: Final = 1_000
LATEST_MS: Final = 5_000
AGE_SHARE: Final = 0.05
"""How long a client should wait until it asks again: this share of what the job has taken so far, within the two."""

MESSAGE_LENGTH: Final = 1_000

ERROR_CODES: Final = {
    "outcome_unknown": -32603,
    "job_failed": -32603,
    "toolkit_error": -32603,
    "withdrawn": 4033,
    "missing_capability": -32021,
}
"""The JSON-RPC codes of what a failed job is refused with. The table of refusals is the wire's; a test compares."""


def encode_created(call: Call, view: JobView) -> bytes:
    """The answer of a call that has become a task: CreateTaskResult. In 2026-07-28 a job that has ended already, for it
    was asked for before under the same idempotency key, is answered itself. Raises Refused where it has no answer."""
    if call.legacy:
        return encode({"task": legacy_task(view)})
    if view.has_ended:
        return encode_answer(call, view)
    return _modern(call, "task", task(view))


def encode_task(call: Call, view: JobView) -> bytes:
    """The answer of the extension's tasks/get: the task with what its status brings along (DetailedTask)."""
    return _modern(call, "complete", detailed_task(call, view))


def encode_task_result(call: Call, view: JobView) -> bytes:
    """The answer of tasks/result in 2025-11-25: that of the call itself, and to which task it belongs. Raises Refused
    where the call has no answer."""
    if view.state is not JobState.COMPLETED:
        raise Refused(no_answer(view))
    related = {RELATED_META: {"taskId": view.id}}
    result = fitting(call, view, related)
    return encode_result(call, msgspec.structs.replace(result, meta={**(result.meta or {}), **related}))


def encode_acknowledged(call: Call) -> bytes:
    """The answer of the extension's tasks/update and tasks/cancel: they were heard."""
    return _modern(call, "complete", {})


def _modern(call: Call, result_type: str, fields: dict[str, Any]) -> bytes:
    return encode({"resultType": result_type, **fields, "_meta": Raw(server_info(call))})


def detailed_task(call: Call, view: JobView) -> dict[str, Any]:
    """The task as tasks/get shows it: with what it waits for an answer to, with the result of the call, or with the
    error that it would have got."""
    if view.state is JobState.COMPLETED:
        try:
            return {**task(view), "result": Raw(encode_answer(call, view))}
        except Refused as refused:  # the tool could not ask what it had to
            return _failed(view, refused.refusal)
    if view.state is JobState.FAILED:
        return _failed(view, no_answer(view))
    return {**task(view), "inputRequests": view.inputs} if view.inputs else task(view)


def _failed(view: JobView, refusal: Refusal) -> dict[str, Any]:
    data = {"type": refusal.reason, **refusal.data}
    error = {"code": ERROR_CODES[refusal.reason], "message": refusal.message, "data": data}
    return {**task(view), "status": "failed", "statusMessage": refusal.message, "error": error}


def task(view: JobView) -> dict[str, Any]:
    """The task of the extension (`Task`)."""
    return _task(view, status_word(view), "ttlMs", "pollIntervalMs")


def legacy_task(view: JobView) -> dict[str, Any]:
    """The task of 2025-11-25, in which a result that is an error makes a task that failed."""
    status = "failed" if status_word(view) == "completed" and _is_error(view) else status_word(view)
    return _task(view, status, "ttl", "pollInterval")


def _task(view: JobView, status: str, ttl: str, poll_interval: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "taskId": view.id,
        "status": status,
        "createdAt": timestamp(view.created_at),
        "lastUpdatedAt": timestamp(view.updated_at),
        # A job that has not ended is not forgotten.
        ttl: None if view.expires_at is None else round((view.expires_at - view.created_at) * 1000),
    }
    if message := _message(view):
        described["statusMessage"] = message
    if not view.has_ended:
        described[poll_interval] = _pause(view)
    return described


def _pause(view: JobView) -> int:
    age = (time() - view.created_at) * 1000
    return round(min(max(age * AGE_SHARE, SOONEST_MS), LATEST_MS))


def _message(view: JobView) -> str:
    if view.state is JobState.QUEUED:
        return "It waits for a worker."
    if view.inputs:
        return f"It waits for an answer: {' '.join(open_questions(view))}"[:MESSAGE_LENGTH]
    if view.state is JobState.RUNNING:
        return f"It runs{how_far(view)}."
    return "" if view.state is JobState.COMPLETED else no_answer(view).message


def _is_error(view: JobView) -> bool:
    if view.ending is not JobEnding.RETURNED or view.result is None:
        return view.ending is not JobEnding.RETURNED
    return decode_tool_result(view.result).is_error
