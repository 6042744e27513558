"""The filters of the list of jobs, as the URL has them."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import QueryDict

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_filters import Choices, with_chosen
from control_plane.dashboard.job_words import STATES
from tenants.abilities import Ability
from tenants.selectors.job_search import job_tool_choices
from tenants.selectors.jobs import JobSearch
from tenants.selectors.members import member_list
from tenants.selectors.servers import server_list

NAMES: Final = ("server", "tool", "state", "person")
LONGEST: Final = 255


@dataclass(frozen=True, slots=True)
class JobFilters:
    """What was chosen, by the names in the URL; `problem` says what could not be understood."""

    chosen: dict[str, str]
    search: JobSearch
    problem: str = ""

    @property
    def query(self) -> str:
        """The URL's query again, without the place in the list."""
        query = QueryDict(mutable=True)
        query.update(self.chosen)
        return query.urlencode()


def job_filters(query: QueryDict) -> JobFilters:
    """Read the URL."""
    chosen = {name: str(query[name]).replace("\x00", "")[:LONGEST] for name in NAMES if query.get(name)}
    try:
        user_id = UUID(chosen["person"]) if "person" in chosen else None
    except ValueError:
        return JobFilters(chosen, JobSearch(), "The URL names a person that can't be read: all are shown.")
    search = JobSearch(server=chosen.get("server"), tool=chosen.get("tool"), state=chosen.get("state"), user_id=user_id)
    return JobFilters(chosen, search)


def filter_choices(asked: TenantPage, chosen: dict[str, str]) -> dict[str, Choices]:
    """What each filter offers this person; what is chosen already is always among it. At most three queries."""
    sees_all = asked.may(Ability.SEE_ALL_CALLS)
    people = [(str(each.user_id), each.user.name or each.user.email) for each in member_list()] if sees_all else []
    offered: dict[str, Choices] = {
        "server": [(server.slug, server.name) for server in server_list(actor=asked.actor)],
        "tool": [(name, name) for name in job_tool_choices(actor=asked.actor)],
        "state": list(STATES),
        "person": people,
    }
    return {name: with_chosen(choices, chosen.get(name)) for name, choices in offered.items()}
