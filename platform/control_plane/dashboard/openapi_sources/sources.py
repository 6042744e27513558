"""What the pages of a document have in common."""

from typing import Any
from uuid import UUID

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.server_tabs import server_context, server_of
from tenants.models import OpenApiSource, Server
from tenants.selectors.openapi_sources import openapi_source_get


def sources_url(asked: TenantPage, server: Server) -> str:
    """Where the documents of a server are."""
    return f"{asked.base}servers/{server.slug}/openapi/"


def source_url(asked: TenantPage, source: OpenApiSource) -> str:
    """Where the pages of a document begin."""
    return f"{sources_url(asked, source.server)}{source.pk}/"


def source_of(asked: TenantPage, server: str, source_id: UUID) -> OpenApiSource:
    """The document that a path names, without its text; raises NotFoundError."""
    found = server_of(asked, server)
    source = openapi_source_get(server=found, source_id=source_id)
    source.server = found
    return source


def source_context(asked: TenantPage, source: OpenApiSource) -> dict[str, Any]:
    """What the templates of a document read."""
    return {
        **server_context(asked, source.server, "Tools"),
        "source": source,
        "source_url": source_url(asked, source),
        "sources_url": sources_url(asked, source.server),
    }


def which(asked: TenantPage, source: OpenApiSource) -> dict[str, Any]:
    """Who asks for what, as services want it."""
    return {"tenant": asked.tenant, "actor": asked.actor, "server": source.server, "source": source}
