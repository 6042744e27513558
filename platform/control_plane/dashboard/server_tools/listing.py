"""The tools of a server, each with a switch."""

import json
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.dashboard.server_tools.rows import tool_rows
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.selectors.servers import server_tool_get, server_tool_list
from tenants.selectors.usage import calls_by_tool
from tenants.services.server_tools import server_tool_update

DAY: Final = timedelta(days=1)


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def tool_list(asked: TenantPage, server: str) -> HttpResponse:
    """All of them, with what they did in the last day."""
    found = server_of(asked, server)
    calls = calls_by_tool(actor=asked.actor, server=found, since=timezone.now() - DAY)
    rows = tool_rows(server_tool_list(server=found), tool_catalogue(), calls)
    context = {**server_context(asked, found, "Tools"), "rows": rows, "most": asked.tenant.limits.tools_per_server}
    return show(asked, "dashboard/tools/list.html", context)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def tool_enabled(asked: TenantPage, server: str, tool: str) -> HttpResponse:
    """Switch a tool on or off: for htmx the row as it is now, else the page that was left."""
    found = server_of(asked, server)
    row = server_tool_get(server=found, name=tool)
    is_enabled = asked.request.POST.get("is_enabled") == "on"
    row = server_tool_update(tenant=asked.tenant, actor=asked.actor, server=found, tool=row, is_enabled=is_enabled)
    words = f"{row.name} is {'on' if row.is_enabled else 'off: nobody sees or calls it'}."
    base = f"{asked.base}servers/{found.slug}/"
    if not asked.is_fragment:
        messages.success(asked.request, words)
        return HttpResponseRedirect(f"{base}tools/{row.name}/")
    calls = calls_by_tool(actor=asked.actor, server=found, since=timezone.now() - DAY)
    [shown] = tool_rows([row], tool_catalogue(), calls)
    answer = show(asked, "dashboard/tools/row.html", {"row": shown, "server": found, "server_base": base})
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": words, "kind": "ok"}})
    return answer
