"""Connections: which clients were let in by whom, and ending that."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_rows import recent_calls
from control_plane.dashboard.connection_forms import ToolsForm
from control_plane.dashboard.connection_rows import connection_rows
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import row_page
from tenants.abilities import Ability
from tenants.models import Connection
from tenants.selectors.call_search import CallSearch
from tenants.selectors.callable_tools import callable_tools
from tenants.selectors.connections import connection_get, connection_list
from tenants.selectors.selections import tool_names
from tenants.services.connections import connection_revoke, connection_tools_set
from tenants.services.connections_of_client import connections_of_client_revoke

ORDER: Final = ("-consented_at", "pk")
LONGEST: Final = 255


@page(methods=("GET",))
def connections(asked: TenantPage) -> HttpResponse:
    """One's own connections, or everybody's for owner and admin."""
    _require(asked)
    shows_ended = asked.request.GET.get("show") == "ended"
    client_id = asked.request.GET.get("client", "").replace("\x00", "")[:LONGEST]
    found = connection_list(actor=asked.actor).filter(revoked_at__isnull=not shows_ended)
    if client_id:
        found = found.filter(client_id=client_id)
    part = row_page(asked.request, found, ORDER)
    rows = connection_rows(part.rows, asked.person.pk)
    context = {
        "part": part,
        "rows": rows,
        "client": rows[0].client if client_id and rows else client_id,
        "client_id": client_id,
        "shows_ended": shows_ended,
        "shows_people": asked.may(Ability.MANAGE_MEMBERS),
    }
    return show(asked, "dashboard/connections/list.html", context)


@page()
def connection(asked: TenantPage, connection_id: UUID) -> HttpResponse:
    """What a client may do in somebody's name; its own person chooses the tools."""
    _require(asked)
    found = connection_get(actor=asked.actor, connection_id=connection_id)
    tools = _choosable(asked, found)
    form = ToolsForm(asked.request.POST if asked.is_posted else None, tools=tools, chosen=found.tool_ids)
    if asked.is_posted and form.is_valid():
        who = {"tenant": asked.tenant, "actor": asked.actor, "connection_id": found.pk}
        if form.ask(connection_tools_set, **who, tool_ids=form.tool_ids()):
            messages.success(asked.request, "Saved. It counts within seconds, for calls that run too.")
            return HttpResponseRedirect(f"{asked.base}connections/{found.pk}/")
    (row,) = connection_rows([found], asked.person.pk)
    context = {
        "row": row,
        "form": form,
        "tools": [(tool, str(tool.id) in form.shown()) for tool in tools],
        "tool_names": tool_names(tool_ids=found.tool_ids or ()),
        "calls": recent_calls(asked, _calls_of(found)),
        "may_choose": row.is_own and row.is_live and not asked.frame.is_suspended,
    }
    return show(asked, "dashboard/connections/detail.html", context, status=422 if form.errors else 200)


@page(methods=("POST",))
def connection_end(asked: TenantPage, connection_id: UUID) -> HttpResponse:
    """The client is out within seconds."""
    _require(asked)
    ended = connection_revoke(tenant=asked.tenant, actor=asked.actor, connection_id=connection_id)
    messages.success(asked.request, f"{ended.client_name or 'The client'} is cut off within seconds.")
    return HttpResponseRedirect(f"{asked.base}connections/")


@page(methods=("POST",))
def client_end(asked: TenantPage) -> HttpResponse:
    """Every connection of one client: one's own, or everybody's for owner and admin."""
    _require(asked)
    client_id = asked.request.POST.get("client", "").replace("\x00", "")[:LONGEST]
    ended = connections_of_client_revoke(tenant=asked.tenant, actor=asked.actor, client_id=client_id)
    words = "1 connection is" if ended == 1 else f"{ended} connections are"
    messages.success(asked.request, f"{words} cut off within seconds.")
    return HttpResponseRedirect(f"{asked.base}connections/")


def _require(asked: TenantPage) -> None:
    if not asked.may(Ability.MANAGE_MEMBERS):
        asked.actor.require(Ability.CALL_TOOLS)


def _choosable(asked: TenantPage, found: Connection) -> list[Any]:
    """The tools that its person may call, who is the only one to choose among them."""
    if found.user_id != asked.person.pk:
        return []
    return callable_tools(server=found.server, user_id=found.user_id, role=asked.frame.role)


def _calls_of(found: Connection) -> CallSearch:
    return CallSearch(server=found.server.slug, user_id=found.user_id, client=found.client_id)


urlpatterns = [
    path("connections/", connections, name="connections"),
    path("connections/revoke", client_end, name="connections_of_client_revoke"),
    path("connections/<uuid:connection_id>/", connection, name="connection"),
    path("connections/<uuid:connection_id>/revoke", connection_end, name="connection_revoke"),
]
