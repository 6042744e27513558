"""What the filters of long lists have in common: how they are read from the URL and what they offer."""

from collections.abc import Iterable
from typing import Final

from django.http import QueryDict

from control_plane.dashboard.asking import TenantPage
from tenants.abilities import Ability
from tenants.selectors.members import member_list
from tenants.selectors.servers import server_list

Choices = list[tuple[str, str]]

LONGEST: Final = 255


def chosen_in(query: QueryDict, names: Iterable[str]) -> dict[str, str]:
    """The filters that the URL names, bounded and fit for a database."""
    return {name: str(query[name]).replace("\x00", "")[:LONGEST] for name in names if query.get(name)}


def query_of(chosen: dict[str, str]) -> str:
    """The URL's query again, without the place in the list."""
    query = QueryDict(mutable=True)
    query.update(chosen)
    return query.urlencode()


def server_choices(asked: TenantPage) -> Choices:
    """The servers that the person may see. One query."""
    return [(server.slug, server.name) for server in server_list(actor=asked.actor)]


def person_choices(asked: TenantPage) -> Choices:
    """The members, for who sees what all of them did. At most one query."""
    if not asked.may(Ability.SEE_ALL_CALLS):
        return []
    return [(str(each.user_id), each.user.name or each.user.email) for each in member_list()]


def with_chosen(choices: Iterable[tuple[str, str]], value: str | None) -> Choices:
    """The same, with what is chosen already among it."""
    known = list(choices)
    missing = bool(value) and value not in dict(known)
    return [*known, (str(value), f"{value} (gone)")] if missing else known
