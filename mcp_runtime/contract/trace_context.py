"""W3C Trace Context, as a request carries it in `_meta` (MCP 2026-07-28 basic/index, OpenTelemetry trace context)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

_PARENT: Final = re.compile(r"([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]*)?")
_PARENT_LENGTH: Final = 512
_STATE_LENGTH: Final = 512
_BAGGAGE_LENGTH: Final = 8_192
_VISIBLE: Final = re.compile(r"[\x20-\x7e]*")


class TraceContext(Struct, frozen=True, omit_defaults=True):
    """Of which trace a request is a part. `traceparent` and the others are as the client sent them."""

    traceparent: str
    tracestate: str = ""
    baggage: str = ""

    @property
    def trace_id(self) -> str:
        """The 32 hexadecimal digits that all parts of the trace share."""
        return self.traceparent.split("-")[1]

    def headers(self) -> dict[str, str]:
        """What a request to elsewhere carries on (W3C Trace Context and W3C Baggage)."""
        fields = {"traceparent": self.traceparent, "tracestate": self.tracestate, "baggage": self.baggage}
        return {name: value for name, value in fields.items() if value}


def trace_id(traceparent: Any) -> str:
    """The id of the trace in a `traceparent`; empty where it is none."""
    found = trace_context({"traceparent": traceparent}) if traceparent else None
    return "" if found is None else found.trace_id


def trace_context(meta: Mapping[str, Any]) -> TraceContext | None:
    """What `_meta` says; None where it says nothing. What is not of the right form is left out, as the recommendation
    has it: a broken trace is no reason to refuse a call."""
    parent = _kept(meta.get("traceparent"), _PARENT_LENGTH)
    found = _PARENT.fullmatch(parent)
    if found is None or found[1] == "ff" or (found[1] == "00" and found[2] is not None):
        return None  # more may follow in versions that are yet to come, in the present one nothing does
    return TraceContext(
        parent, _kept(meta.get("tracestate"), _STATE_LENGTH), _kept(meta.get("baggage"), _BAGGAGE_LENGTH)
    )


def _kept(value: Any, length: int) -> str:
    return value if type(value) is str and len(value) <= length and _VISIBLE.fullmatch(value) else ""
