"""OpenAPI documents of a server, in the scope of a tenant. They are large: what needs no text of one loads none."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from tenants.errors import NotFoundError
from tenants.models import OpenApiSource, Server, ServerTool
from tenants.openapi.given import unpacked
from tenants.openapi.operations import OpenApiImport


def openapi_source_list(*, server: Server) -> QuerySet[OpenApiSource]:
    """The documents of a server by title, without their texts, each with `tool_count`."""
    rows: QuerySet[OpenApiSource] = OpenApiSource.objects.filter(server_id=server.pk)
    return rows.defer("document", "pending_document").annotate(tool_count=Count("tools")).order_by("title")


def openapi_source_get(*, server: Server, source_id: UUID) -> OpenApiSource:
    """One of them, without its text; raises NotFoundError."""
    return _found(openapi_source_list(server=server), source_id)


def openapi_source_locked(*, server: Server, source_id: UUID) -> OpenApiSource:
    """One of them with its text, as it is now; of a server that is locked. Raises NotFoundError."""
    return _found(OpenApiSource.objects.filter(server_id=server.pk), source_id)


def openapi_tools(*, source: OpenApiSource) -> QuerySet[ServerTool]:
    """The tools that were made of a document, by name."""
    return ServerTool.objects.filter(openapi_source_id=source.pk).order_by("name")


def tools_by_operation(*, source: OpenApiSource, keys: Iterable[str] | None = None) -> dict[str, ServerTool]:
    """The same by operation; those of these operations alone, where they are given."""
    rows = openapi_tools(source=source)
    return {row.operation: row for row in (rows if keys is None else rows.filter(operation__in=list(keys)))}


def openapi_import(source: OpenApiSource) -> OpenApiImport:
    """The document, read with what was chosen for it. Reads its text."""
    return _read(source, bytes(source.document), source.document_url)


def openapi_import_pending(source: OpenApiSource) -> OpenApiImport:
    """The version that somebody has looked at, read alike. Raises NotFoundError where there is none."""
    if source.pending_document is None:
        raise NotFoundError("There is no other version of this document to look at.")
    return _read(source, bytes(source.pending_document), source.pending_url or source.document_url)


def _read(source: OpenApiSource, packed: bytes, url: str) -> OpenApiImport:
    return OpenApiImport(unpacked(packed), base_url=source.base_url, document_url=url, secret_names=source.secret_names)


def _found(rows: QuerySet[OpenApiSource], source_id: UUID) -> OpenApiSource:
    source = rows.filter(pk=source_id).first()
    if source is None:
        raise NotFoundError("There is no such document.")
    return source
