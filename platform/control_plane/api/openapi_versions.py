"""/servers/…/openapi-sources/…/version: another version of a document, what it changes, and applying it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from control_plane.api.answers import Nothing, One
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.large_body import LargeJsonBody
from control_plane.api.openapi_shapes import AppliedShape, SourceChangesShape, changes_answer
from control_plane.api.openapi_sources import DocumentSent, document_ahead
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import OpenApiSource
from tenants.selectors.openapi_changes import SourceChanges, source_changes
from tenants.selectors.openapi_sources import openapi_import, openapi_import_pending, openapi_source_get
from tenants.selectors.servers import server_get
from tenants.services.openapi_versions import openapi_version_apply, openapi_version_dismiss, openapi_version_look


class VersionApplication(Form):
    """Which version, and what becomes of what is new and what is gone."""

    digest = serializers.CharField(max_length=64, help_text="That of the version, so that no other one is applied.")
    add = serializers.ListField(
        child=serializers.CharField(max_length=500), required=False, max_length=500, help_text="Keys of operations."
    )
    remove_gone = serializers.BooleanField(default=False, help_text="Otherwise such tools go on as they are.")


class OpenApiVersion(ApiView):
    """The one that waits."""

    parser_classes = (LargeJsonBody,)

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(SourceChangesShape))
    def get(self, request: TenantRequest, server: str, source_id: UUID) -> dict[str, Any]:
        """Read what the version that waits changes."""
        source = _source(request, server, source_id)
        if not source.pending_digest:
            raise NotFoundError("There is no other version of this document to look at.")
        return _answer(source)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=DocumentSent, answer=One(SourceChangesShape), ahead=document_ahead)
    def post(self, request: TenantRequest, server: str, source_id: UUID) -> dict[str, Any]:
        """Look at another version: what it changes is told, and nothing changes yet."""
        source = _source(request, server, source_id)
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        openapi_version_look(**who, server=source.server, source=source, document=request.ahead)
        return _answer(_source(request, server, source_id))

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, source_id: UUID) -> None:
        """Dismiss the version that waits."""
        source = _source(request, server, source_id)
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        openapi_version_dismiss(**who, server=source.server, source=source)


class OpenApiVersionApplication(ApiView):
    """Using it."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=VersionApplication, answer=One(AppliedShape))
    def post(self, request: TenantRequest, server: str, source_id: UUID) -> dict[str, Any]:
        """Apply the version that waits, all of it or nothing. Names, grants and overrides of tools stay."""
        source = _source(request, server, source_id)
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        applied = openapi_version_apply(**who, server=source.server, source=source, **request.body)
        removed = [tool.name for tool in applied.removed]
        return {"changed": applied.changed, "removed": removed, "added": applied.added}


def _source(request: TenantRequest, server: str, source_id: UUID) -> OpenApiSource:
    found = server_get(slug=server, actor=request.actor)
    source = openapi_source_get(server=found, source_id=source_id)
    source.server = found
    return source


def _answer(source: OpenApiSource) -> dict[str, Any]:
    if not source.pending_digest:
        return changes_answer("", SourceChanges(same=source.tool_count))  # type: ignore[attr-defined]
    changes = source_changes(source=source, before=openapi_import(source), after=openapi_import_pending(source))
    return changes_answer(source.pending_digest, changes)
