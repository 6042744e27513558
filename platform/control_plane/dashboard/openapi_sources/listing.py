"""The documents of a server, and letting one go."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.openapi_sources.sources import source_of, sources_url, which
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from tenants.abilities import Ability
from tenants.selectors.openapi_sources import openapi_source_list
from tenants.services.openapi_sources import openapi_source_delete


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def source_list(asked: TenantPage, server: str) -> HttpResponse:
    """All of them: there are few."""
    found = server_of(asked, server)
    context = {
        **server_context(asked, found, "Tools"),
        "sources": list(openapi_source_list(server=found)),
        "sources_url": sources_url(asked, found),
    }
    return show(asked, "dashboard/openapi/list.html", context)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def source_delete(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """Gone, with its tools or without."""
    source = source_of(asked, server, source_id)
    removes = asked.request.POST.get("tools") == "remove"
    count = openapi_source_delete(**which(asked, source), remove_tools=removes)
    words = f"its {count} tools are gone" if removes else f"its {count} tools stay as they are"
    messages.success(asked.request, f"Removed {source.title}; {words if count else 'it had no tools'}.")
    return HttpResponseRedirect(sources_url(asked, source.server))
