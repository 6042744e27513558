"""/servers/…/resources: what clients of a server read by its URI."""

from typing import Any, Final, cast
from uuid import UUID

from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import WRITE, TenantRequest
from control_plane.api.octets import OctetsForm, OctetsView
from control_plane.api.operations import operation
from control_plane.api.server_primitives import (
    Family,
    HostedForm,
    PrimitiveAddition,
    PrimitiveChange,
    PrimitiveShape,
    family_views,
)
from mcp_runtime.contract.primitives import ContentAnnotations
from tenants.abilities import Ability
from tenants.hosted_drafts import ROLES, ResourceDraft, TemplateDraft
from tenants.hosted_stored import stored_draft
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.servers import server_get
from tenants.services.hosted_primitives import content_from_text, hosted_content_upload


class ResourceShape(PrimitiveShape):
    """A resource of a server. Empty texts mean "as its toolkit says"."""

    uri = serializers.CharField(source="source", help_text="By which clients read it.")


class ResourceAddition(PrimitiveAddition):
    """Which resource of the catalogue to add, under its own name or another."""

    uri = serializers.CharField(help_text="Its URI, as its toolkit has it.")


class ResourceChange(PrimitiveChange):
    """What may be changed of a resource. Empty texts take the override away."""


class AnnotatedForm(HostedForm):
    """What resources and templates say of what is read."""

    mime_type = serializers.CharField(required=False, allow_blank=True, help_text="Such as text/markdown.")
    audience = serializers.ListField(child=serializers.ChoiceField(ROLES), required=False, max_length=2)
    priority = serializers.FloatField(
        required=False, allow_null=True, help_text="From 0 to 1, which is most important."
    )


class HostedResourceForm(AnnotatedForm):
    """A resource of your own. Without `text` its content stays as it is; that of a new one is empty."""

    uri = serializers.CharField(help_text="By which clients read it, such as `notes://start`.")
    text = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class AnnotatedShape(serializers.Serializer[Any]):
    """What is shown of all that is hosted and read by URIs."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    mime_type = serializers.CharField()
    audience = serializers.ListField(child=serializers.CharField())
    priority = serializers.FloatField(allow_null=True)
    last_modified = serializers.CharField(allow_null=True, help_text="When its content became what it is.")
    is_enabled = serializers.BooleanField()


class HostedResourceShape(AnnotatedShape):
    """A resource of your own."""

    uri = serializers.CharField()
    size = serializers.IntegerField(help_text="Of its content, in bytes.")
    text = serializers.CharField(allow_null=True, help_text="Its content, where that is text.")


def annotations_of(body: dict[str, Any]) -> ContentAnnotations:
    """Those that a body says."""
    return ContentAnnotations(audience=tuple(body.get("audience") or ()) or None, priority=body.get("priority"))


def annotated_shown(row: ServerPrimitive, draft: ResourceDraft | TemplateDraft) -> dict[str, Any]:
    """What is shown of a hosted resource or template beside its content."""
    texts = {name: getattr(row, name) for name in ("id", "name", "title", "description", "is_enabled")}
    return {
        **texts,
        "mime_type": draft.mime_type,
        "audience": draft.annotations.audience or (),
        "priority": draft.annotations.priority,
        "last_modified": draft.annotations.last_modified,
    }


def _draft(body: dict[str, Any]) -> ResourceDraft:
    text = body.get("text")
    texts = {name: body.get(name, "") for name in ("name", "uri", "title", "description", "mime_type")}
    content = None if text is None else content_from_text(text)
    return ResourceDraft(**texts, annotations=annotations_of(body), content=content)


def _shown(row: ServerPrimitive) -> dict[str, Any]:
    draft = cast("ResourceDraft", stored_draft(row))
    text = bytes(row.content.body).decode() if row.content.is_text else None
    return {**annotated_shown(row, draft), "uri": draft.uri, "size": row.content.size, "text": text}


FAMILY: Final = Family(
    kind=PrimitiveKind.RESOURCE,
    name="Resource",
    words="resource",
    id_name="resource_id",
    source="uri",
    shape=ResourceShape,
    addition=ResourceAddition,
    change=ResourceChange,
    hosted_form=HostedResourceForm,
    hosted_shape=HostedResourceShape,
    draft=_draft,
    hosted=_shown,
)
VIEWS: Final = family_views(FAMILY)


class HostedResourceContent(OctetsView):
    """Its content, as bytes."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=OctetsForm, answer=One(HostedResourceShape))
    def put(self, request: TenantRequest, server: str, hosted_resource_id: UUID) -> dict[str, Any]:
        """Give a resource of your own these bytes, of the type that Content-Type says; 1 MiB at most."""
        found = server_get(slug=server, actor=request.actor)
        hosted_content_upload(
            tenant=request.tenant,
            actor=request.actor,
            server=found,
            primitive_id=hosted_resource_id,
            body=request.body["octets"],
            mime_type=request.body["media_type"],
        )
        return FAMILY.hosted_of(found, hosted_resource_id)
