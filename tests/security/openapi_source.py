"""An OpenAPI document with the mark in everything that is kept of it, a tool of it, and another version that waits."""

import msgspec

from tenants.models import OpenApiSource, Server
from tenants.scope import tenant_scope
from tenants.services.openapi_import import openapi_tools_create
from tenants.services.openapi_sources import document_read, openapi_source_create
from tenants.services.openapi_versions import openapi_version_look
from tests.fixtures.cast import Person


def document_text(mark: str, summary: str = "Read") -> str:
    """A document with two operations."""
    paths = {
        f"/{name}": {"get": {"operationId": f"{name}_{mark}", "summary": f"{summary} {mark}"}}
        for name in ("orders", "lines")
    }
    info = {"title": f"Shop {mark}", "version": mark}
    document = {"openapi": "3.1.0", "info": info, "servers": [{"url": f"https://{mark}.example"}], "paths": paths}
    return msgspec.json.encode(document).decode()


def source_kept(person: Person, server: Server, mark: str) -> OpenApiSource:
    """Of the person's company, on one of its servers."""
    which = {"tenant": person.company.tenant, "actor": person.actor, "server": server}
    source = openapi_source_create(**which, document=document_read(document_text(mark).encode()))
    openapi_tools_create(**which, source=source, operations=["GET /orders"])
    other = document_read(document_text(mark, "Fetch").encode())
    openapi_version_look(**which, source=source, document=other)
    with tenant_scope(person.company.tenant):
        return OpenApiSource.objects.get(pk=source.pk)
