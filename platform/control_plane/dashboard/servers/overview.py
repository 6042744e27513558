"""A server at a glance: its URL, what it serves, who may call it, what was called."""

from collections import Counter
from typing import Any

from django.http import HttpResponse

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_rows import recent_calls
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.matrix import ROLES, role_matrix
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.dashboard.server_tools.rows import tool_rows
from control_plane.upstream_states import left_alone
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.models import Server
from tenants.selectors.call_search import CallSearch
from tenants.selectors.callable_tools import callable_tools
from tenants.selectors.servers import server_tool_list


@page(methods=("GET",))
def server_overview(asked: TenantPage, server: str) -> HttpResponse:
    """For whoever manages servers, what it serves and to whom; for everybody, what they may call themselves."""
    found = server_of(asked, server)
    context = {
        **server_context(asked, found, "Overview"),
        **_calls(asked, found),
        **(_served(asked, found) if asked.may(Ability.MANAGE_SERVERS) else {}),
        "manages": asked.may(Ability.MANAGE_SERVERS),
        "may_call": asked.may(Ability.CALL_TOOLS),
    }
    if asked.may(Ability.CALL_TOOLS):
        context["callable"] = callable_tools(server=found, user_id=asked.person.pk, role=asked.frame.role)
    return show(asked, "dashboard/servers/overview.html", context)


@page(methods=("GET",))
def server_calls(asked: TenantPage, server: str) -> HttpResponse:
    """The latest calls alone, for the page that shows them as they come."""
    found = server_of(asked, server)
    context = {"server": found, "server_base": f"{asked.base}servers/{found.slug}/", **_calls(asked, found)}
    return show(asked, "dashboard/servers/calls.html", context)


def _calls(asked: TenantPage, server: Server) -> dict[str, Any]:
    return {
        "calls": recent_calls(asked, CallSearch(server=server.slug)),
        "sees_all": asked.may(Ability.SEE_ALL_CALLS),
    }


def _served(asked: TenantPage, server: Server) -> dict[str, Any]:
    tools = list(server_tool_list(server=server))
    enabled = [tool for tool in tools if tool.is_enabled]
    matrix = role_matrix(server=server, catalogue=tool_catalogue())
    return {
        "left_alone": left_alone(tenant=asked.tenant, tools=enabled),
        "tools": len(tools),
        "enabled": len(enabled),
        "toolkits": sorted(Counter(row.origin for row in tool_rows(enabled, tool_catalogue(), {})).items()),
        "roles": [(role.value, matrix.allowed(role)) for role in ROLES],
    }
