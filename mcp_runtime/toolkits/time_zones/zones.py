"""Time zones by name, as IANA has them."""

import difflib
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from mcp_runtime.toolkits import ToolError

LONGEST_NAME: Final = 64


# Names are compared with the list, never looked up as they come: ZoneInfo opens a file of that name.
@cache
def zone_names() -> dict[str, str]:
    """The names, by their own in lower case."""
    return {name.casefold(): name for name in sorted(available_timezones())}


def zone_named(name: str) -> ZoneInfo:
    """The zone. Raises ToolError of the type `unknown_time_zone`, with names that are close."""
    known = zone_names()
    found = known.get(name.strip().casefold())
    if found is None:
        close = [known[match] for match in difflib.get_close_matches(name.casefold(), known, n=3)]
        hint = f" Did you mean {' or '.join(close)}?" if close else ""
        raise ToolError(
            f"There is no time zone {name!r}.{hint} Use an IANA name such as Europe/Vienna or UTC.", "unknown_time_zone"
        )
    return ZoneInfo(found)


@cache
def cities() -> dict[str, list[str]]:
    """The zones that are a city of an area, such as Vienna of Europe: by area."""
    found: dict[str, list[str]] = {}
    for name in zone_names().values():
        area, slash, city = name.partition("/")
        if slash and "/" not in city and area != "Etc":
            found.setdefault(area, []).append(city)
    return found


def beginning(typed: str, names: list[str]) -> list[str]:
    """The names that begin with what was typed, then those that have it elsewhere; `_` is typed as a space, too."""
    sought = typed.strip().casefold().replace(" ", "_")
    starting = [name for name in names if name.casefold().startswith(sought)]
    return starting + [name for name in names if sought in name.casefold() and name not in starting]
