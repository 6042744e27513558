"""/servers/…/templates: resources of a server whose URIs follow a template (RFC 6570)."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.operations import ApiView, operation
from control_plane.api.server_primitives import (
    PrimitiveAddition,
    PrimitiveChange,
    PrimitiveShape,
    added,
    changed,
    listed,
    one,
    removed,
)
from tenants.abilities import Ability
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind

KIND = PrimitiveKind.TEMPLATE


class TemplateShape(PrimitiveShape):
    """A resource template of a server. Empty texts mean "as its toolkit says"."""

    uri_template = serializers.CharField(source="source", help_text="What the URIs look like that clients read.")


class TemplateAddition(PrimitiveAddition):
    """Which resource template of the catalogue to add, under its own name or another."""

    uri_template = serializers.CharField(help_text="Its URI template, as its toolkit has it.")


class TemplateChange(PrimitiveChange):
    """What may be changed of a resource template. Empty texts take the override away."""


class Templates(ApiView):
    """All of them."""

    @operation(READ, answer=Page(TemplateShape, ("name",)))
    def get(self, request: TenantRequest, server: str) -> QuerySet[Any]:
        """List the resource templates of a server."""
        return listed(request, server, KIND)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=TemplateAddition, answer=One(TemplateShape, 201))
    def post(self, request: TenantRequest, server: str) -> ServerPrimitive:
        """Add a resource template. Whoever may connect to the server sees it."""
        return added(request, server, KIND, "uri_template")


class TemplateDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(TemplateShape))
    def get(self, request: TenantRequest, server: str, template_id: UUID) -> ServerPrimitive:
        """Read a resource template."""
        return one(request, server, KIND, template_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=TemplateChange, answer=One(TemplateShape))
    def patch(self, request: TenantRequest, server: str, template_id: UUID) -> ServerPrimitive:
        """Change, enable or disable a resource template."""
        return changed(request, server, KIND, template_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, template_id: UUID) -> None:
        """Take a resource template from the server."""
        removed(request, server, KIND, template_id)
