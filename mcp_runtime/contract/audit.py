"""The audit event: one line per call, refused ones included, and for a client's arrival. Arguments are redacted before
they get here."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct


class AuditEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who called what, and how it ended.

    `id` is unique, so that writing an event twice leaves one row. `time` is Unix time in seconds, `duration_ms` wall
    time. `phase` is `outcome`, or `intent` for the row written before an effect. `outcome` is one of ok, tool_error,
    refused, cancelled, timeout, crashed, pending; `reason` is the refusal's or error's name. `arguments` is redacted.
    `trace_id` is the W3C trace that the client says the request is a part of.
    """

    id: str
    time: float
    tenant_id: str
    server_id: str
    method: str
    tool: str = ""
    phase: str = "outcome"
    outcome: str = "ok"
    reason: str = ""
    duration_ms: float = 0.0
    user: str | None = None
    service_account: str | None = None
    client: str = ""
    credential_id: str = ""
    credential_kind: str = ""
    arguments: str | None = None
    address: str = ""
    user_agent: str = ""
    client_name: str = ""
    protocol_version: str = ""
    request_id: str = ""
    session: str = ""
    trace_id: str = ""


CALLS: Final = "calls"
"""In a batch, an object with this list stands for as many events: each of its own fields, and the object's others."""

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[dict[str, Any]])


def encode_events(events: Sequence[AuditEvent | msgspec.Raw]) -> bytes:
    """Encode a batch as one JSON array; a Raw is encoded already: one event, or many that share fields (`CALLS`)."""
    return _encoder.encode(events)


def decode_events(body: bytes) -> list[AuditEvent]:
    """Decode a batch; raises `msgspec.DecodeError` on anything else."""
    events: list[AuditEvent] = []
    for item in _decoder.decode(body):
        calls = item.pop(CALLS, None)
        each = [item] if calls is None else [{**item, **call} for call in calls]
        events.extend(msgspec.convert(each, list[AuditEvent]))
    return events
