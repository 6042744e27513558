"""What would somebody see? Decided by the function that decides it in the runtime."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.sections import permissions_context
from control_plane.dashboard.server_tabs import server_of
from control_plane.effective_tools import (
    Effective,
    effective_for_connection,
    effective_for_key,
    effective_for_member,
)
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import ApiKey, Connection, Membership, Server
from tenants.selectors.delegates import connections_of_member, keys_of_server
from tenants.selectors.members import member_get, member_list


@dataclass(frozen=True, slots=True)
class Through:
    """By what a person would come: any client of theirs, a key, or a client that they have let in."""

    value: str
    label: str
    key: ApiKey | None = None
    connection: Connection | None = None


@page(Ability.MANAGE_GRANTS, methods=("GET",))
def permission_check(asked: TenantPage, server: str) -> HttpResponse:
    """Choose a person, and a key or client of theirs; the URL keeps the choice."""
    found = server_of(asked, server)
    chosen = asked.request.GET
    member = member_get(user_id=_id(chosen["person"])) if chosen.get("person") else member_get(user_id=asked.person.pk)
    ways = _ways(found, member)
    way = next((each for each in ways if each.value == chosen.get("through", "")), ways[0])
    context = {
        **permissions_context(asked, found, "Check"),
        "members": list(member_list()),
        "member": member,
        "ways": ways,
        "way": way,
        "effective": _effective(asked, found, member, way),
    }
    return show(asked, "dashboard/permissions/check.html", context)


def _effective(asked: TenantPage, server: Server, member: Membership, way: Through) -> Effective:
    if way.key is not None:
        return effective_for_key(server=server, api_key=way.key)
    if way.connection is not None:
        return effective_for_connection(tenant=asked.tenant, server=server, connection=way.connection, role=member.role)
    return effective_for_member(tenant=asked.tenant, server=server, member=member)


def _ways(server: Server, member: Membership) -> list[Through]:
    keys = keys_of_server(server=server).filter(user_id=member.user_id)
    clients = connections_of_member(server=server, user_id=member.user_id)
    return [
        Through("", "any client they sign in with"),
        *(Through(f"key:{key.pk}", f"API key · {key.name}", key=key) for key in keys),
        *(Through(f"client:{each.pk}", f"{each.client_name or each.client_id}", connection=each) for each in clients),
    ]


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFoundError("There is no such member.") from error
