"""Playground: a page that is a client of the real endpoint, as whoever looks at it.

The page itself asks the endpoint which tools, resources and prompts there are, and draws their forms
(static/control_plane/js/playground); here are the way to it, and a key for a quarter of an hour, which the page keeps
in memory.
"""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path

from control_plane.content_security_policy import allow_audio_data
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_of, server_url
from tenants import playground
from tenants.abilities import Ability
from tenants.errors import LimitReachedError, NotFoundError
from tenants.models import Server
from tenants.models.server import ServerStatus
from tenants.selectors.callable_tools import callable_tools
from tenants.selectors.servers import server_list
from tenants.services.playground_keys import playground_key_issue


@page(Ability.CALL_TOOLS, methods=("GET",))
def playground_start(asked: TenantPage) -> HttpResponse:
    """Choose a server; where there is one, that."""
    servers = list(server_list(actor=asked.actor).filter(status=ServerStatus.ACTIVE))
    if len(servers) == 1:
        return HttpResponseRedirect(f"{asked.base}playground/{servers[0].slug}/")
    context = {"servers": servers, "may_make_servers": asked.may(Ability.MANAGE_SERVERS)}
    return show(asked, "dashboard/playground/start.html", context)


@page(Ability.CALL_TOOLS, methods=("GET",))
def playground_tool(asked: TenantPage, server: str, tool: str = "") -> HttpResponse:
    """The page of one server. What there is, it asks the endpoint; a tool that the person may not call is none."""
    found = _server_with(asked, server, tool) if tool else server_of(asked, server)
    others = server_list(actor=asked.actor).filter(status=ServerStatus.ACTIVE).exclude(pk=found.pk)
    context = {"server": found, "others": others, "setting": _setting(asked, found)}
    shown = show(asked, "dashboard/playground/tool.html", context)
    allow_audio_data(shown)
    return shown


@page(Ability.CALL_TOOLS, methods=("POST",))
def playground_key(asked: TenantPage, server: str) -> HttpResponse:
    """A key for this person and this server. It is in this answer and nowhere else."""
    try:
        issued = playground_key_issue(tenant=asked.tenant, actor=asked.actor, server=server_of(asked, server))
    except LimitReachedError as error:
        return JsonResponse({"error": error.message}, status=429)
    return JsonResponse({"key": issued.secret, "seconds": int(playground.LIFETIME.total_seconds())})


def _server_with(asked: TenantPage, slug: str, tool: str) -> Server:
    """The server where there is such a tool for this person; raises NotFoundError, the same for whatever is missing."""
    server = server_list(actor=asked.actor).filter(slug=slug).first()
    role = asked.frame.role
    if server is not None and tool in {
        each.name for each in callable_tools(server=server, user_id=asked.person.pk, role=role)
    }:
        return server
    raise NotFoundError("There is no such tool here that you may call.")


def _setting(asked: TenantPage, server: Server) -> dict[str, Any]:
    """What the page's scripts need to know."""
    base = f"{asked.base}playground/{server.slug}/"
    return {
        "server": server.name,
        "url": server_url(asked.tenant, server),
        "base": base,
        "key_url": f"{base}key",
        "jobs_url": f"{asked.base}jobs/",
    }


urlpatterns = [
    path("playground/", playground_start, name="playground"),
    path("playground/<label:server>/", playground_tool, name="playground_server"),
    path("playground/<label:server>/key", playground_key, name="playground_key"),
    path("playground/<label:server>/<tool:tool>/", playground_tool, name="playground_tool"),
]
