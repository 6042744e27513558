"""The last day in numbers, as they are written."""

from dataclasses import dataclass

from control_plane.templatetags.moments import words_of_duration
from tenants.selectors.usage import SAMPLE, Usage

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Number:
    """One number with what it is, and a note under it."""

    label: str
    value: str
    note: str


def numbers(usage: Usage, *, most: int, left: int | None, is_own: bool) -> list[Number]:
    """Calls, share of failures, p95, and what is left of the day's calls (`left` None while nobody can say)."""
    whose = "your own" if is_own else "by everybody"
    return [
        Number("Calls", f"{usage.calls:,}{'+' if usage.is_at_least else ''}", whose),
        _failed(usage),
        Number(
            "p95",
            NOTHING if usage.p95_ms is None else words_of_duration(usage.p95_ms),
            "95 of 100 calls took no longer" if usage.calls else "no calls to measure",
        ),
        Number(
            "Left today",
            NOTHING if left is None else f"{left:,}",
            f"of {most:,} · resets 0:00 UTC" if left is not None else "can't be read just now",
        ),
    ]


def _failed(usage: Usage) -> Number:
    if not usage.calls:
        return Number("Failed", NOTHING, "no calls yet")
    share = usage.failed_percent
    written = "0 %" if not usage.failed else "< 0.1 %" if share < 0.1 else f"{share:.1f} %"
    of_which = f"of the latest {SAMPLE:,}" if usage.calls > SAMPLE else "refused ones included"
    return Number("Failed", written, f"{usage.failed:,}, {of_which}" if usage.failed else "none failed")
