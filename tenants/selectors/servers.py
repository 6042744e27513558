"""Servers and their tools, in the scope of a tenant."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Server, ServerTool


def server_list(*, actor: Actor | None = None) -> QuerySet[Server]:
    """The tenant's servers, by slug; for an actor with a key for some servers only, those."""
    servers = Server.objects.order_by("slug")
    return servers if actor is None or actor.servers is None else servers.filter(pk__in=actor.servers)


def server_get(*, slug: str, actor: Actor | None = None) -> Server:
    """One of these servers; raises NotFoundError."""
    # PostgreSQL can't even be asked for a text with NUL.
    server: Server | None = None if "\x00" in slug else server_list(actor=actor).filter(slug=slug).first()
    if server is None:
        raise NotFoundError("There is no such server.")
    return server


def servers_get(*, slugs: Iterable[str], actor: Actor | None = None) -> list[Server]:
    """Several of these servers; raises NotFoundError where one is missing."""
    wanted = set(slugs)
    found = list(server_list(actor=actor).filter(slug__in=wanted))
    if len(found) < len(wanted):
        raise NotFoundError("There is no such server.")
    return found


def server_locked(*, actor: Actor, server_id: UUID) -> Server:
    """One of these servers, locked until the scope ends; raises NotFoundError, also for one of another tenant."""
    server: Server | None = server_list(actor=actor).select_for_update().filter(pk=server_id).first()
    if server is None:
        raise NotFoundError("There is no such server.")
    return server


def server_tool_list(*, server: Server) -> QuerySet[ServerTool]:
    """A server's tools, by name."""
    rows = ServerTool.objects.filter(server_id=server.pk).order_by("name")
    return rows.select_related("upstream_definition__upstream")


def tools_of_servers() -> dict[UUID, list[ServerTool]]:
    """The tools of all servers, by server, each server's by name. One query."""
    found = defaultdict(list)
    for tool in ServerTool.objects.select_related("upstream_definition__upstream").order_by("name"):
        found[tool.server_id].append(tool)
    return found


def server_tool_get(*, server: Server, name: str) -> ServerTool:
    """One tool of a server, by the name that clients call; raises NotFoundError."""
    tool: ServerTool | None = ServerTool.objects.filter(server_id=server.pk, name=name).first()
    if tool is None:
        raise NotFoundError("There is no such tool.")
    return tool
