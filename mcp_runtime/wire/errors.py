"""The single table from a refusal to the wire: HTTP status in each era, and JSON-RPC code.

Codes: JSON-RPC's own; -32020 to -32022 as MCP 2026-07-28 defines them; for what neither defines, positive codes
outside the reserved range, as basic/index "Error Codes" asks. docs/errors.md lists every row; a test compares the two.
"""

from dataclasses import dataclass
from typing import Any, Final

from mcp_runtime.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """How one reason looks on the wire. `legacy_code` is the code of the older revisions, where it is another one."""

    code: int
    modern_status: int
    legacy_status: int
    legacy_code: int | None = None


def _same(code: int, status: int) -> Row:
    return Row(code, status, status)


TABLE: Final[dict[str, Row]] = {
    "parse_error": _same(-32700, 400),
    "invalid_request": _same(-32600, 400),
    "too_deep": _same(-32600, 400),
    "invalid_params": Row(-32602, 400, 200),
    "invalid_cursor": _same(-32602, 200),
    "unknown_tool": _same(-32602, 200),
    "resource_not_found": Row(-32602, 200, 200, legacy_code=-32002),
    "unknown_prompt": _same(-32602, 200),
    "unknown_template": _same(-32602, 200),
    "invalid_arguments": _same(-32602, 200),
    "method_not_found": Row(-32601, 404, 200),
    "header_mismatch": _same(-32020, 400),
    "unsupported_version": _same(-32022, 400),
    "session_required": _same(-32600, 400),
    "session_unknown": _same(-32600, 404),
    "event_unknown": _same(-32600, 400),
    "already_initialized": _same(-32600, 400),
    "duplicate_request_id": _same(-32600, 400),
    "cancelled": _same(4990, 200),
    "unauthenticated": _same(4010, 401),
    "insufficient_scope": _same(4030, 403),
    "origin_not_allowed": _same(4031, 403),
    "address_not_allowed": _same(4032, 403),
    "not_found": _same(4040, 404),
    "method_not_allowed": _same(4050, 405),
    "not_acceptable": _same(4060, 406),
    "body_too_large": _same(4130, 413),
    "unsupported_media_type": _same(4150, 415),
    "host_not_allowed": _same(4210, 421),
    "rate_limited": _same(4290, 429),
    "quota_exceeded": _same(4291, 429),
    "too_many_calls": _same(4292, 429),
    "too_many_sessions": _same(4293, 429),
    "too_many_jobs": _same(4294, 429),
    "too_many_streams": _same(4295, 429),
    "too_many_subscriptions": _same(4296, 429),
    "withdrawn": _same(4033, 403),
    "request_state_refused": _same(-32602, 400),
    "request_state_used": _same(-32602, 400),
    "missing_capability": _same(-32021, 400),
    "task_required": _same(-32601, 200),
    "task_not_found": _same(-32602, 200),
    "task_ended": _same(-32602, 200),
    "outcome_unknown": _same(-32603, 200),
    "job_failed": _same(-32603, 200),
    "toolkit_error": _same(-32603, 200),
    "timeout": _same(-32603, 200),
    "crashed": _same(-32603, 200),
    "result_too_large": _same(-32603, 200),
    "internal_error": _same(-32603, 500),
    "call_lost": _same(5020, 502),
    "result_not_kept": _same(5021, 502),
    "unavailable": _same(5030, 503),
    "audit_unavailable": _same(5031, 503),
}


def error_object(refusal: Refusal, *, legacy: bool = False) -> dict[str, Any]:
    """The JSON-RPC error of a refusal in the era of its request: `data.type` is its reason, for programs."""
    row = TABLE[refusal.reason]
    code = row.legacy_code if legacy and row.legacy_code is not None else row.code
    return {"code": code, "message": refusal.message, "data": {"type": refusal.reason, **refusal.data}}


def status_of(refusal: Refusal, *, legacy: bool) -> int:
    """The HTTP status of a refusal in the era of its request."""
    row = TABLE[refusal.reason]
    return row.legacy_status if legacy else row.modern_status
