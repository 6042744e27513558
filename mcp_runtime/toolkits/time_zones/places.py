"""What can be read and asked for of times elsewhere: the list of zones, the time of a city, a prompt for meetings."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from mcp_runtime.toolkits import ResourceNotFound
from mcp_runtime.toolkits.time_zones.declared import toolkit
from mcp_runtime.toolkits.time_zones.zones import LONGEST_NAME, beginning, cities, zone_named, zone_names

Name = Annotated[str, Meta(max_length=LONGEST_NAME)]


class LocalTime(Struct, frozen=True):
    """What time it is in a city: ISO 8601 with the offset of its zone."""

    timezone: str
    iso: str


def suggest_areas(typed: str) -> list[str]:
    """Areas such as Europe."""
    return beginning(typed, list(cities()))


def suggest_cities(typed: str, known: dict[str, str]) -> list[str]:
    """Cities of the area that is chosen already, or of all."""
    area = known.get("area", "")
    return beginning(typed, cities().get(area, [city for found in cities().values() for city in found]))


def suggest_zones(typed: str) -> list[str]:
    """Names of zones."""
    return beginning(typed, list(zone_names().values()))


@toolkit.resource("time://zones", title="Time zones")
def zones() -> str:
    """Every IANA time zone, one a line."""
    return "\n".join(zone_names().values())


@toolkit.template(
    "time://zones/{area}/{city}", title="Time in a city", complete={"area": suggest_areas, "city": suggest_cities}
)
def local_time(area: Name, city: Name) -> LocalTime:
    """The current time in a city, such as time://zones/Europe/Vienna."""
    if city not in cities().get(area, []):
        raise ResourceNotFound(f"There is no time zone {area}/{city}; time://zones lists all of them.")
    name = f"{area}/{city}"
    return LocalTime(name, datetime.now(UTC).replace(microsecond=0).astimezone(zone_named(name)).isoformat())


@toolkit.prompt(title="Find a time for a meeting", complete={"here": suggest_zones, "there": suggest_zones})
def meeting_time(
    here: Annotated[Name, Meta(description="Your time zone, such as Europe/Vienna.")],
    there: Annotated[Name, Meta(description="The time zone of the others.")],
    topic: Annotated[str, Meta(description="What the meeting is about.", max_length=200)] = "",
) -> str:
    """Find a time at which people of two time zones can meet."""
    about = f" about {topic}" if topic else ""
    return (
        f"Suggest three times this week for a meeting{about} of one hour, within working hours both in "
        f"{zone_named(here).key} and in {zone_named(there).key}. Look up the current time with the tool time_now and "
        "convert with time_convert; give each suggestion in both zones."
    )
