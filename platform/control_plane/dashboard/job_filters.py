"""The filters of the list of jobs, as the URL has them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.filtering import (
    Choices,
    chosen_in,
    person_choices,
    query_of,
    server_choices,
    with_chosen,
)
from control_plane.dashboard.job_words import STATES
from tenants.selectors.job_search import job_tool_choices
from tenants.selectors.jobs import JobSearch

NAMES: Final = ("server", "tool", "state", "person")


@dataclass(frozen=True, slots=True)
class JobFilters:
    """What was chosen, by the names in the URL; `problem` says what could not be understood."""

    chosen: dict[str, str]
    search: JobSearch
    problem: str = ""

    @property
    def query(self) -> str:
        """The URL's query again, without the place in the list."""
        return query_of(self.chosen)


def job_filters(query: QueryDict) -> JobFilters:
    """Read the URL."""
    chosen = chosen_in(query, NAMES)
    try:
        user_id = UUID(chosen["person"]) if "person" in chosen else None
    except ValueError:
        return JobFilters(chosen, JobSearch(), "The URL names a person that can't be read: all are shown.")
    search = JobSearch(server=chosen.get("server"), tool=chosen.get("tool"), state=chosen.get("state"), user_id=user_id)
    return JobFilters(chosen, search)


def filter_choices(asked: TenantPage, chosen: dict[str, str]) -> dict[str, Choices]:
    """What each filter offers this person; what is chosen already is always among it. At most three queries."""
    offered: dict[str, Choices] = {
        "server": server_choices(asked),
        "tool": [(name, name) for name in job_tool_choices(actor=asked.actor)],
        "state": list(STATES),
        "person": person_choices(asked),
    }
    return {name: with_chosen(choices, chosen.get(name)) for name, choices in offered.items()}
