"""The form of a fan-out tool, for a new one and for one that is there."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.api.server_fan_out_tools import fan_out_tool_of
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.fan_out_tools.forms import FanOutForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.models import Server, ServerTool
from tenants.models.server_tool import ToolKind
from tenants.selectors.servers import server_tool_list
from tenants.selectors.stored_secrets import secret_list
from tenants.services.fan_out_tools import fan_out_tool_create, fan_out_tool_update
from tenants.tool_kinds import fan_out_kept, tool_definition


@page(Ability.MANAGE_SERVERS)
def fan_out_new(asked: TenantPage, server: str) -> HttpResponse:
    """A new one."""
    found = server_of(asked, server)
    form = _form(asked, found, {"strategy": "first_available"})
    if asked.is_posted and form.is_valid():
        made = form.ask(fan_out_tool_create, **_who(asked, found), definition=form.definition())
        if made is not None:
            messages.success(asked.request, f"Made {made.name}. Say under Permissions who may call it.")
            return _to(asked, found, made)
    return _shown(asked, found, form, None)


@page(Ability.MANAGE_SERVERS)
def fan_out_edit(asked: TenantPage, server: str, fan_out: str) -> HttpResponse:
    """One that is there, written anew."""
    found = server_of(asked, server)
    row = fan_out_tool_of(found, fan_out)
    kept = fan_out_kept(row)
    form = _form(asked, found, {} if kept is None else FanOutForm.initial_of(kept.definition))
    if asked.is_posted and form.is_valid():
        saved = form.ask(fan_out_tool_update, **_who(asked, found), tool=row, definition=form.definition())
        if saved is not None:
            messages.success(asked.request, f"Saved {saved.name}. Clients see it within seconds.")
            return _to(asked, found, saved)
    return _shown(asked, found, form, row)


def _form(asked: TenantPage, server: Server, initial: dict[str, Any]) -> FanOutForm:
    return FanOutForm(
        asked.request.POST if asked.is_posted else None,
        initial=initial,
        tools=_tools(server),
        secrets=[secret.name for secret in secret_list().order_by("name")],
    )


def _tools(server: Server) -> list[tuple[str, str]]:
    """Those that can be backends: they only read, and ask nobody themselves."""
    catalogue = tool_catalogue()
    rows = [row for row in server_tool_list(server=server) if row.kind != ToolKind.FAN_OUT]
    pairs = [(row, tool_definition(row, catalogue)) for row in rows]
    return [
        (str(row.pk), row.name)
        for row, definition in pairs
        if definition is not None and definition.annotations.is_read_only
    ]


def _shown(asked: TenantPage, server: Server, form: FanOutForm, row: ServerTool | None) -> HttpResponse:
    context = {**server_context(asked, server, "Tools"), "form": form, "tool": row}
    return show(asked, "dashboard/fan_out/writing.html", context, status=422 if form.errors else 200)


def _who(asked: TenantPage, server: Server) -> dict[str, Any]:
    return {"tenant": asked.tenant, "actor": asked.actor, "server": server}


def _to(asked: TenantPage, server: Server, tool: ServerTool) -> HttpResponse:
    return HttpResponseRedirect(f"{asked.base}servers/{server.slug}/tools/{tool.name}/")
