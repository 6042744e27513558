"""Times and durations in words. static/control_plane/js/times.js says the same in the reader's zone, kept fresh."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from control_plane.formats.en.formats import DATETIME_FORM

MINUTE, HOUR, DAY = 60, 3600, 86400
UNITS: Final = ((MINUTE, "minute"), (HOUR, "hour"), (DAY, "day"))
WEEK_DAYS: Final = 7
JUST_NOW_SECONDS: Final = 45


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, for machines, exactly, by the clock, and relative to now."""

    iso: str
    exact: str
    clock: str
    relative: str


def moment_of(value: datetime | str | None, now: datetime) -> Moment | None:
    """The forms of a time; None for None and for an empty string. A string is what Django's templates make of a time,
    or ISO 8601; raises ValueError for any other."""
    if not value:
        return None
    there = (value if isinstance(value, datetime) else _parsed(str(value))).astimezone(UTC)
    return Moment(
        iso=there.isoformat(timespec="seconds").replace("+00:00", "Z"),
        exact=f"{there:%-d %b %Y, %H:%M:%S} UTC",
        clock=f"{there:%H:%M:%S}",
        relative=relative(there, now),
    )


def relative(there: datetime, now: datetime) -> str:
    """`just now`, `3 minutes ago`, `in 2 days`; beyond a week, the date."""
    seconds = (now - there).total_seconds()
    distance = abs(seconds)
    if distance < JUST_NOW_SECONDS:
        return "just now"
    if distance >= WEEK_DAYS * DAY:
        return f"{there:%-d %b}" if there.year == now.year else f"{there:%-d %b %Y}"
    size, name = next((unit for unit in reversed(UNITS) if round(distance / unit[0]) >= 1), UNITS[0])
    number = max(1, round(distance / size))
    words = f"{number} {name}{'' if number == 1 else 's'}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def words_of_duration(milliseconds: float) -> str:
    """41 ms, 6.2 s, 3 min 4 s, 2 h 5 min."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s" if minutes < MINUTE else f"{minutes // MINUTE} h {minutes % MINUTE} min"


def _parsed(text: str) -> datetime:
    try:
        there = datetime.strptime(text, DATETIME_FORM)
    except ValueError:
        there = datetime.fromisoformat(text)
    return there if there.tzinfo else there.replace(tzinfo=UTC)
