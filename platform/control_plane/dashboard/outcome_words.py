"""How a call ended, in words: a badge's kind, what is said, and what to do about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from tenants.models import Call

LONGEST_RUN: Final = timedelta(hours=1)
"""A call that was begun longer ago, and of whose end nothing was heard, will not be heard of any more, unless it is a
job: that may wait and run for longer."""

OUTCOMES: Final = (
    ("ok", "Done"),
    ("refused", "Denied or refused"),
    ("tool_error", "Tool error"),
    ("timeout", "Timed out"),
    ("crashed", "Crashed"),
    ("cancelled", "Cancelled"),
    ("pending", "Not ended yet"),
)
"""For filters: what the audit says, and what people read."""


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """`kind` is a badge's; `advice` is empty where there is nothing to do."""

    kind: str
    words: str
    advice: str = ""


_DENIED: Final = "An owner or admin can grant it under Permissions."
_CHOSEN: Final = "Its tools were chosen when the key or connection was made, and can be changed there."
_REFUSED: Final = MappingProxyType(
    {
        "unknown_tool": ("no such tool", "The server has no tool of this name. The client may have an old list."),
        "denied_by_grant": ("denied", "A permission denies this tool to them. " + _DENIED),
        "not_granted": ("denied", "No permission allows this tool to them. " + _DENIED),
        "outside_selection": ("denied · not among the chosen tools", _CHOSEN),
        "insufficient_scope": ("denied · scope missing", "The key or connection may only use read-only tools."),
        "invalid_arguments": ("refused · wrong arguments", "The arguments don't fit the tool's schema."),
        "rate_limited": ("refused · too fast", "It came faster than the plan or the tool allows. It may be repeated."),
        "quota_exceeded": (
            "refused · day's limit reached",
            "The day's calls are used up. A new day begins at 0:00 UTC.",
        ),
        "too_many_calls": ("refused · too many at once", "As many calls were running as the plan allows."),
        "busy": ("refused · tool busy", "As many calls of this tool were running as it allows."),
        "audit_unavailable": ("refused · could not be recorded", "Nothing runs unrecorded. It may be repeated."),
    }
)
_OTHERS: Final = MappingProxyType(
    {
        "ok": ("ok", "done"),
        "tool_error": ("warn", "tool error"),
        "timeout": ("bad", "timed out"),
        "crashed": ("bad", "crashed"),
        "cancelled": ("mute", "cancelled"),
    }
)
_ADVICE: Final = MappingProxyType(
    {
        "tool_error": "The tool ran, and answered that it could not do this.",
        "timeout": "The tool took longer than its time limit.",
        "crashed": "The tool failed unexpectedly. The operator finds the reason in the log, by the incident's id.",
    }
)
_ENDINGS: Final = MappingProxyType(
    {
        ("crashed", "outcome_unknown"): OutcomeWords(
            "bad", "outcome unknown", "Its worker was lost while the tool ran. Its job says what to do."
        ),
        ("cancelled", "withdrawn"): OutcomeWords(
            "bad", "cancelled · permission withdrawn", "What allowed it was taken back before it was done."
        ),
        ("cancelled", "killed"): OutcomeWords(
            "mute", "cancelled · ended by force", "The tool did not stop within its time, so its process was ended."
        ),
    }
)
"""What jobs add to these: by outcome and reason."""

_DENIALS: Final = ("denied_by_grant", "not_granted")


def is_overdue(call: Call, now: datetime) -> bool:
    """True for a call that was begun so long ago that nothing will be heard of its end."""
    return call.outcome == "pending" and now - call.time > LONGEST_RUN


def outcome_words(call: Call, now: datetime, role: str = "", *, is_job: bool = False) -> OutcomeWords:
    """What to say of a call; `role` is that of its person, where it is known. `is_job` says that it waits or runs on a
    worker, however long ago it was begun."""
    if call.outcome == "pending":
        if is_overdue(call, now) and not is_job:
            return OutcomeWords("bad", "outcome unknown", "It was begun, and nothing was heard of its end.")
        return OutcomeWords("warn", "running")
    if (call.outcome, call.reason) in _ENDINGS:
        return _ENDINGS[call.outcome, call.reason]
    if call.outcome == "refused":
        words, advice = _REFUSED.get(call.reason, (f"refused · {_spelled(call.reason)}", ""))
        return OutcomeWords("bad", f"{words} · role {role}" if call.reason in _DENIALS and role else words, advice)
    kind, words = _OTHERS.get(call.outcome, ("mute", _spelled(call.outcome)))
    detail = _spelled(call.reason) if call.outcome == "tool_error" and call.reason else ""
    return OutcomeWords(kind, f"{words} · {detail}" if detail else words, _ADVICE.get(call.outcome, ""))


def _spelled(name: str) -> str:
    return name.replace("_", " ") or "unknown"
