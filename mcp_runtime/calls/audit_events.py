"""What the audit keeps of one request: who asked what of which server, and how it ended."""

from collections.abc import Set
from time import perf_counter, time
from typing import Any, Final

from mcp_runtime.audit import shown_client, shown_id, shown_user_agent
from mcp_runtime.calls.call import Call
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.redaction import redacted_json

_NO_NAMES: Final[frozenset[str]] = frozenset()


def audit_event(
    call: Call,
    event_id: str,
    started: float,
    arguments: dict[str, Any],
    *,
    outcome: str,
    reason: str,
    sensitive: Set[str] = _NO_NAMES,
    **more: str,
) -> AuditEvent:
    """The event of a request that began at `started` (`perf_counter`). Of the arguments named in `sensitive` nothing is
    kept; `more` are further fields of the event."""
    seconds = perf_counter() - started
    return AuditEvent(
        id=event_id,
        time=time() - seconds,
        method=call.method,
        outcome=outcome,
        reason=reason,
        duration_ms=seconds * 1000,
        arguments=redacted_json(arguments, frozenset(sensitive)),
        address=call.address,
        user_agent=shown_user_agent(call.user_agent),
        client_name=shown_client(call.client_info),
        protocol_version=call.version,
        request_id=shown_id(call.request_id),
        session="" if call.session is None else call.session.id[:8],
        trace_id="" if call.trace is None else call.trace.trace_id,
        **more,
        **call.caller.audit,
    )
