"""What a call tells about its upstream: that it is well, that it is not, or nothing."""

from dataclasses import dataclass
from typing import Any, Final

from mcp_runtime.calls.results import ERROR_META, ToolResult

_TOO_MANY_REQUESTS: Final = 429
_OWN_TROUBLE: Final = frozenset({"resolver_busy", "own_addresses_unknown", "too_many_connections"})
"""Why nothing was fetched though nobody knows anything of the other side."""

_UNREACHABLE: Final = frozenset({"upstream_failed", "upstream_unreachable", "upstream_protocol", "timeout"})
_SAYS_NOTHING: Final = frozenset(
    {"egress_refused", "secret_missing", "secret_unreadable", "bad_argument", "account_missing", "upstream_busy"}
)


@dataclass(frozen=True, slots=True)
class Well:
    """It answered; that it refused this very request is no trouble of its own."""


@dataclass(frozen=True, slots=True)
class Unwell:
    """It did not do its part. `retry_after`: the seconds that it asked for, 0 for none."""

    reason: str
    retry_after: float = 0.0


WELL: Final = Well()


def outcome_of(result: ToolResult) -> Well | Unwell | None:
    """By the result of a call; None where the call never got there."""
    if not result.is_error:
        return WELL
    error = (result.meta or {}).get(ERROR_META)
    if not isinstance(error, dict):
        return WELL
    kind, reason = str(error.get("type", "")), str(error.get("reason", ""))
    if kind in _SAYS_NOTHING or reason in _OWN_TROUBLE:
        return None
    if kind == "upstream_status":
        return _of_status(error)
    return Unwell(reason or kind) if kind in _UNREACHABLE else WELL


def _of_status(error: dict[str, Any]) -> Well | Unwell:
    status, asked = error.get("status"), error.get("retry_after")
    if not isinstance(status, int) or (status < 500 and status != _TOO_MANY_REQUESTS):
        return WELL
    return Unwell(f"status_{status}", float(asked) if isinstance(asked, int | float) else 0.0)
