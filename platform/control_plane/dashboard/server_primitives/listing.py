"""The resources or prompts of a server, each with a switch."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_primitives.families import Family
from control_plane.dashboard.server_primitives.rows import primitive_rows
from control_plane.dashboard.server_tabs import server_of
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.selectors.server_primitives import server_primitive_list
from tenants.services.server_primitives import server_primitive_update


@page(methods=("GET",))
def primitive_list(asked: TenantPage, family: Family, server: str) -> HttpResponse:
    """All of them: those who manage servers switch them, everybody else looks."""
    found = server_of(asked, server)
    rows = primitive_rows(server_primitive_list(server=found, kinds=family.kinds), tool_catalogue())
    return show(asked, "dashboard/primitives/list.html", {**family.context(asked, found), "rows": rows})


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def primitive_enabled(asked: TenantPage, family: Family, server: str, **identity: UUID) -> HttpResponse:
    """Switch one on or off: for htmx the row as it is now, else its page."""
    found = server_of(asked, server)
    is_enabled = asked.request.POST.get("is_enabled") == "on"
    row = server_primitive_update(
        tenant=asked.tenant,
        actor=asked.actor,
        server=found,
        primitive=family.row(found, identity),
        is_enabled=is_enabled,
    )
    words = f"{row.name} is {'on' if row.is_enabled else f'off: nobody sees or {family.use} it'}."
    base = family.base(asked, found)
    if not asked.is_fragment:
        messages.success(asked.request, words)
        return HttpResponseRedirect(f"{base}{row.pk}/")
    [shown] = primitive_rows([row], tool_catalogue())
    context = {"row": shown, "family": family, "family_base": base, "manages": True}
    answer = show(asked, "dashboard/primitives/row.html", context)
    answer.headers["HX-Trigger"] = json.dumps({"toast": {"text": words, "kind": "ok"}})
    return answer
