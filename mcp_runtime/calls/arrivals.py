"""A client arrives: it connects, or looks at what there is. The audit keeps that too, so that people see who has
connected before anything is called.

Cheap, because clients list as often as they like: one event a minute for each caller, method and kind of client.
"""

from time import monotonic, time
from typing import Final

from mcp_runtime.audit import shown_client, shown_id, shown_user_agent
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.caller import CLIENTS_AT_MOST
from mcp_runtime.contract.audit import AuditEvent

SILENCE_SECONDS: Final = 60.0
"""How long the same arrival is not told again, by this replica."""


def note_arrival(call: Call) -> None:
    """Append the arrival to the audit, unless it was told a moment ago."""
    known, now = call.caller.arrivals, monotonic()
    client = shown_client(call.client_info)
    told = known.get((call.method, client))
    if told is not None and now - told < SILENCE_SECONDS:
        return
    if len(known) >= CLIENTS_AT_MOST:
        known.clear()
    known[call.method, client] = now
    call.runtime.audit.note(_event(call, client))


def _event(call: Call, client: str) -> AuditEvent:
    return AuditEvent(
        id=call.runtime.audit.next_id(),
        time=time(),
        method=call.method,
        address=call.address,
        user_agent=shown_user_agent(call.user_agent),
        client_name=client,
        protocol_version=call.version,
        request_id=shown_id(call.request_id),
        session="" if call.session is None else call.session.id[:8],
        **call.caller.audit,
    )
