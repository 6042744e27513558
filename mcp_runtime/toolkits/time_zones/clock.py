"""What time it is, and what time that is elsewhere."""

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from mcp_runtime.toolkits import ToolError
from mcp_runtime.toolkits.time_zones.declared import toolkit
from mcp_runtime.toolkits.time_zones.zones import LONGEST_NAME, zone_named

ZONE: Final = "An IANA time zone, such as `Europe/Vienna` or `UTC`."


class Now(Struct, frozen=True):
    """One instant twice: ISO 8601 with the zone's offset, and seconds since 1970-01-01T00:00:00Z."""

    iso: str
    unix: int


class Converted(Struct, frozen=True):
    """The same instant, as ISO 8601 with the offset of the zone asked for."""

    iso: str


def _instant(iso: str) -> datetime:
    try:
        instant = datetime.fromisoformat(iso.strip())
    except ValueError as error:
        raise ToolError(f"{iso!r} is no ISO 8601 time; write it like 2026-11-21T09:30:00+01:00.", "bad_time") from error
    if instant.tzinfo is None:
        raise ToolError(f"{iso!r} has no offset; add one, such as Z for UTC or +01:00.", "bad_time")
    return instant


@toolkit.tool(title="Current time", read_only=True, destructive=False, idempotent=False, open_world=False, quick=True)
def time_now(timezone: Annotated[str, Meta(description=ZONE, max_length=LONGEST_NAME)] = "UTC") -> Now:
    """Tell the current time in a time zone."""
    now = datetime.now(UTC).replace(microsecond=0)
    return Now(iso=now.astimezone(zone_named(timezone)).isoformat(), unix=int(now.timestamp()))


@toolkit.tool(title="Convert time", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
def time_convert(
    iso: Annotated[
        str, Meta(description="ISO 8601 with an offset: `2026-11-21T09:30:00+01:00`.", max_length=LONGEST_NAME)
    ],
    to_timezone: Annotated[str, Meta(description=ZONE, max_length=LONGEST_NAME)],
) -> Converted:
    """Convert a time to another time zone."""
    zone = zone_named(to_timezone)
    try:
        return Converted(iso=_instant(iso).astimezone(zone).isoformat())
    except OverflowError as error:
        raise ToolError(f"{iso!r} is outside the years 1 to 9999 in {to_timezone}.", "bad_time") from error
