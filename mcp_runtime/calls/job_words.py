"""A job in the words that MCP clients read: where it is, how far, and how to get what it answers."""

from datetime import UTC, datetime
from typing import Any, Final

from mcp_runtime.calls.results import ContentBlock, ResourceLink, TextContent, ToolResult, failed
from mcp_runtime.contract.jobs import JobEnding, JobState, JobView
from mcp_runtime.contract.names import GET_JOB_RESULT
from mcp_runtime.protocol.versions import WITHOUT_RESOURCE_LINKS
from mcp_runtime.refusals import Refusal

JOB_META: Final = "io.atrium/job"
"""Under `_meta` of every result of a background tool: the id of its job."""

STATUS_URI: Final = "task://status/"
RESULT_URI: Final = "task://result/"
JSON_TYPE: Final = "application/json"
NOT_FOUND: Final = "There is no such job, or it is not yours, or it ended more than 7 days ago."

ASKED_LENGTH: Final = 1_000

_WORDS: Final = {JobState.QUEUED: "working", JobState.RUNNING: "working"}
_CANCELLED: Final = {
    JobEnding.NEVER_STARTED: "It had not begun.",
    JobEnding.STOPPED: "The tool noticed, and stopped by itself.",
    JobEnding.KILLED: "The tool did not stop by itself, so its process was ended; it may have had part of its effect.",
}


def status_word(view: JobView) -> str:
    """Its state as the tasks extension of MCP names it: working, input_required, completed, failed, cancelled."""
    return "input_required" if view.inputs else _WORDS.get(view.state, view.state.value)


def open_questions(view: JobView) -> list[str]:
    """What the job asks, in words for people: never where it is to be answered, nor by which form."""
    return [str(request.params.get("message") or request.method) for request in view.inputs.values()]


def reference(view: JobView) -> dict[str, Any]:
    """What names a job in a structured result; `job_schemas.REFERENCE_SCHEMA` describes it."""
    described: dict[str, Any] = {
        "id": view.id,
        "tool": view.tool,
        "status": status_word(view),
        "statusUri": STATUS_URI + view.id,
        "createdAt": timestamp(view.created_at),
        "updatedAt": timestamp(view.updated_at),
        "progress": view.progress,
        "total": view.total,
        "message": view.message or None,
        "endedAt": None if view.ended_at is None else timestamp(view.ended_at),
        "ending": None if view.ending is None else view.ending.value,
        "expiresAt": None if view.expires_at is None else timestamp(view.expires_at),
        "resultUri": RESULT_URI + view.id if view.state is JobState.COMPLETED else None,
        "resultBytes": view.stored_bytes or None,
        "error": None if view.error is None else {"type": view.error.type, "message": view.error.message},
    }
    return {name: value for name, value in described.items() if value is not None}


def goes_on(view: JobView) -> ToolResult:
    """The answer while the job has not ended: it names the job, and says how to get its result."""
    state = "is waiting for a worker" if view.state is JobState.QUEUED else "is running"
    text = (
        f"{view.tool} {state}{how_far(view)}.{_asks(view)} It goes on as job {view.id}. To get its result, call "
        f"{GET_JOB_RESULT} "
        f'with {{"job_id": "{view.id}", "wait_seconds": 50}}, again until it has ended, or read {STATUS_URI}{view.id}. '
        f"Do not call {view.tool} again for it."
    )
    return ToolResult([TextContent(text)], {"job": reference(view)}, meta={JOB_META: view.id})


def _asks(view: JobView) -> str:
    if not view.inputs:
        return ""
    said = "; ".join(open_questions(view))[:ASKED_LENGTH]
    return (
        f" It waits for an answer: {said}. A client that can be asked gives it in revision 2026-07-28, where it calls "
        f"{GET_JOB_RESULT}, or by tasks/update."
    )


def linked(view: JobView, size: int, *, version: str) -> ToolResult:
    """The answer where the result is too large for one: where to read it. `size` in bytes."""
    uri = RESULT_URI + view.id
    text = f"The result of {view.tool} has {size} bytes, too many for one answer. It is kept: read the resource {uri}."
    link = ResourceLink(uri=uri, name=f"Result of {view.tool}", mime_type=JSON_TYPE, size=size)
    content: list[ContentBlock] = [TextContent(text), link]
    if version in WITHOUT_RESOURCE_LINKS:
        content.pop()
    return ToolResult(content, {"job": reference(view)}, meta={JOB_META: view.id})


def no_answer(view: JobView) -> Refusal:
    """Why a job that ended without an answer of its tool has none."""
    if view.state is JobState.CANCELLED:
        how = _CANCELLED.get(view.ending, "") if view.ending is not None else ""
        return Refusal("cancelled", f"The job of {view.tool} was cancelled. {how}".strip(), {"job": view.id})
    kind = "job_failed" if view.error is None else view.error.type
    message = f"The job of {view.tool} failed." if view.error is None else view.error.message
    return Refusal(
        kind if kind in ("outcome_unknown", "withdrawn", "toolkit_error") else "job_failed", message, {"job": view.id}
    )


def failed_result(view: JobView) -> ToolResult:
    """The same for a model that asks for the result: it should know."""
    refusal = no_answer(view)
    result = failed(refusal.reason, refusal.message)
    return ToolResult(result.content, is_error=True, meta={**(result.meta or {}), JOB_META: view.id})


def how_far(view: JobView) -> str:
    """In brackets, with a space before; nothing where the tool has not said."""
    if view.progress is None:
        return ""
    total = "" if view.total is None else f" of {view.total:g}"
    return f" ({view.progress:g}{total}{f', {view.message}' if view.message else ''})"


def timestamp(seconds: float) -> str:
    """Unix time as clients read it: ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
