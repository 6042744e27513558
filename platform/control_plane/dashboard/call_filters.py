"""The filters of the list of calls, as the URL has them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.filtering import (
    Choices,
    chosen_in,
    person_choices,
    query_of,
    server_choices,
    with_chosen,
)
from control_plane.dashboard.outcome_words import OUTCOMES
from tenants.selectors.call_search import CallSearch, client_choices, tool_choices

SPANS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
WHEN: Final = (("hour", "Last hour"), ("day", "Last 24 hours"), ("week", "Last 7 days"), ("between", "Between…"))
NAMES: Final = ("server", "tool", "outcome", "person", "client", "when", "since", "until", "trace")


@dataclass(frozen=True, slots=True)
class CallFilters:
    """What was chosen, by the names in the URL; `problem` says what could not be understood."""

    chosen: dict[str, str]
    search: CallSearch
    problem: str = ""

    @property
    def query(self) -> str:
        """The URL's query again, without the place in the list."""
        return query_of(self.chosen)


def call_filters(query: QueryDict) -> CallFilters:
    """Read the URL."""
    chosen = chosen_in(query, NAMES)
    try:
        since, until = _times(chosen)
        user_id = UUID(chosen["person"]) if "person" in chosen else None
    except (ValueError, OverflowError):
        return CallFilters(chosen, CallSearch(), "The URL names a time or a person that can't be read: all are shown.")
    texts = {name: chosen.get(name) for name in ("server", "tool", "outcome", "client")}
    trace = chosen.get("trace")
    return CallFilters(chosen, CallSearch(**texts, user_id=user_id, since=since, until=until, trace_id=trace))


def filter_choices(asked: TenantPage, chosen: dict[str, str]) -> dict[str, Choices]:
    """What each filter offers this person; what is chosen already is always among it. At most five queries."""
    offered: dict[str, Choices] = {
        "server": server_choices(asked),
        "tool": [(name, name) for name in tool_choices(actor=asked.actor)],
        "outcome": list(OUTCOMES),
        "person": person_choices(asked),
        "client": client_choices(actor=asked.actor),
        "when": list(WHEN),
    }
    return {name: with_chosen(choices, chosen.get(name)) for name, choices in offered.items()}


def _times(chosen: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    when = chosen.get("when")
    if when in SPANS:
        return timezone.now() - SPANS[when], None
    if when != "between":
        return None, None
    return _time(chosen.get("since")), _time(chosen.get("until"))


def _time(text: str | None) -> datetime | None:
    """As the browser's own picker sends it, in UTC; raises ValueError, OverflowError."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
