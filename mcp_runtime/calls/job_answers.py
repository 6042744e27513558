"""From a job to the `result` of the call that waited for it."""

from typing import Any, Final

import msgspec

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.encoding import encode_result, fits
from mcp_runtime.calls.inquiry import check_capabilities
from mcp_runtime.calls.job_words import JOB_META, failed_result, goes_on, linked, no_answer
from mcp_runtime.calls.results import ToolResult, decode_tool_result
from mcp_runtime.contract.jobs import JobEnding, JobState, JobView
from mcp_runtime.refusals import Refused

ENVELOPE: Final = 8 * 1024
"""Bytes, more than an answer adds to a result. Only what comes near the limit is encoded to see whether it fits."""


def encode_answer(call: Call, view: JobView) -> bytes:
    """The answer of the call that the job is: its result, or one that names it while it has not ended. Raises Refused
    where it ended without one, or the tool could not ask what it had to."""
    if view.has_ended and view.state is not JobState.COMPLETED:
        raise Refused(no_answer(view))
    result = fitting(call, view)
    check_capabilities(call, result)
    return encode_result(call, result)


def fitting(call: Call, view: JobView, more_meta: dict[str, Any] | None = None) -> ToolResult:
    """The result for whoever asks for it: the tool's own where it fits into an answer, else one that says where it is,
    or how far the job is, or what became of it. With more under `_meta`, where it has an answer of the tool's."""
    if not view.has_ended:
        return goes_on(view)
    if view.state is not JobState.COMPLETED:
        return failed_result(view)
    if view.result is None:
        return linked(view, view.stored_bytes, version=call.version)
    result = own_result(view.id, view.result, more_meta)
    is_small = len(view.result) + ENVELOPE < call.caller.limits.result_bytes
    return result if is_small or fits(call, result) else linked(view, len(view.result), version=call.version)


def own_result(job_id: str, encoded: bytes, more_meta: dict[str, Any] | None = None) -> ToolResult:
    """The tool's result, with the name of its job."""
    result = decode_tool_result(encoded)
    return msgspec.structs.replace(result, meta={**(result.meta or {}), JOB_META: job_id, **(more_meta or {})})


def outcome_of(view: JobView) -> str:
    """How the call ended, in the audit's words."""
    if not view.has_ended:
        return "pending"
    if view.state is JobState.CANCELLED:
        return "cancelled"
    if view.state is JobState.FAILED or view.ending is JobEnding.CRASHED:
        return "crashed"
    if view.ending is JobEnding.TIMEOUT:
        return "timeout"
    is_error = view.result is not None and decode_tool_result(view.result).is_error
    return "tool_error" if is_error else "ok"
