"""A caller's jobs as resources.

A job is `task://status/{id}` from the moment it exists, and `task://result/{id}` once its tool has answered. Nobody but
its owner finds it; what is absent and what is somebody else's get the same answer.
"""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.encoding import encode
from mcp_runtime.calls.job_answers import own_result
from mcp_runtime.calls.job_waiting import owner_of
from mcp_runtime.calls.job_words import JSON_TYPE, NOT_FOUND, RESULT_URI, STATUS_URI, reference, status_word
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.jobs import JobState, JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.refusals import Refused, refuse

WORKING_TTL_MS: Final = 1_000
ENDED_TTL_MS: Final = 300_000
"""How long a client may take an ended job for fresh: it does not change any more, but it expires."""

SCHEME: Final = "task:"

TEMPLATES: Final[list[dict[str, Any]]] = [
    {
        "uriTemplate": STATUS_URI + "{id}",
        "name": "job-status",
        "title": "Status of a job",
        "description": "How far a job of yours is: working, input_required, completed, failed or cancelled.",
        "mimeType": JSON_TYPE,
    },
    {
        "uriTemplate": RESULT_URI + "{id}",
        "name": "job-result",
        "title": "Result of a job",
        "description": "What the tool of a completed job answered, as tools/call answers it.",
        "mimeType": JSON_TYPE,
    },
]


async def read_job(call: Call, uri: str) -> tuple[dict[str, Any], int]:
    """The contents of one job of the caller's, or of its result, and for how many milliseconds they may be kept.
    Raises Refused (resource_not_found)."""
    try:
        view, text = await _contents(call, uri)
    except RecordUnavailable as error:
        raise refuse("unavailable", "Jobs can't be looked up just now. Retry shortly.", retry_after=2) from error
    contents = [{"uri": uri, "mimeType": JSON_TYPE, "text": text}]
    return {"contents": contents}, ENDED_TTL_MS if view.has_ended else WORKING_TTL_MS


async def _contents(call: Call, uri: str) -> tuple[JobView, str]:
    if uri.startswith(STATUS_URI):
        view = await _job(call, uri, uri.removeprefix(STATUS_URI))
        return view, encode(reference(view)).decode()
    view = await _job(call, uri, uri.removeprefix(RESULT_URI) if uri.startswith(RESULT_URI) else "")
    result = await _result(call, view)
    if result is None:
        raise _not_found(uri, f"This job has no result: it is {status_word(view)}. Read {STATUS_URI}{view.id}.")
    return view, encode(_as_answered(own_result(view.id, result))).decode()


async def _job(call: Call, uri: str, job_id: str) -> JobView:
    view = None
    if job_id and call.caller.access.has_jobs:
        view = await call.runtime.jobs.read(owner_of(call), job_id)
    if view is None:
        raise _not_found(uri, NOT_FOUND)
    return view


async def _result(call: Call, view: JobView) -> bytes | None:
    if view.state is not JobState.COMPLETED or view.result is not None:
        return view.result
    return await call.runtime.jobs.stored_result(owner_of(call), view.id)


def _as_answered(result: ToolResult) -> dict[str, Any]:
    answered = {"content": result.content, "isError": result.is_error, "_meta": result.meta}
    return answered if result.structured is UNSET else {**answered, "structuredContent": result.structured}


def _not_found(uri: str, message: str) -> Refused:
    return refuse("resource_not_found", message, uri=uri)
