"""Servers and their tools, in the scope of a tenant."""

from uuid import UUID

from django.db.models import QuerySet

from tenants.errors import NotFoundError
from tenants.models import Server, ServerTool


def server_list() -> QuerySet[Server]:
    """The tenant's servers, by slug."""
    return Server.objects.order_by("slug")


def server_get(*, slug: str) -> Server:
    """One server; raises NotFoundError."""
    server: Server | None = Server.objects.filter(slug=slug).first()
    if server is None:
        raise NotFoundError("There is no such server.")
    return server


def server_locked(*, server_id: UUID) -> Server:
    """One server, locked until the scope ends; raises NotFoundError, also for a server of another tenant."""
    server: Server | None = Server.objects.select_for_update().filter(pk=server_id).first()
    if server is None:
        raise NotFoundError("There is no such server.")
    return server


def server_tool_list(*, server: Server) -> QuerySet[ServerTool]:
    """A server's tools, by name."""
    return ServerTool.objects.filter(server_id=server.pk).order_by("name")


def server_tool_get(*, server: Server, name: str) -> ServerTool:
    """One tool of a server, by the name that clients call; raises NotFoundError."""
    tool: ServerTool | None = ServerTool.objects.filter(server_id=server.pk, name=name).first()
    if tool is None:
        raise NotFoundError("There is no such tool.")
    return tool
