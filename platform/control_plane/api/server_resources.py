"""/servers/…/resources: what clients of a server read by its URI."""

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

KIND = PrimitiveKind.RESOURCE


class ResourceShape(PrimitiveShape):
    """A resource of a server. Empty texts mean "as its toolkit says"."""

    uri = serializers.CharField(source="source", help_text="By which clients read it.")


class ResourceAddition(PrimitiveAddition):
    """Which resource of the catalogue to add, under its own name or another."""

    uri = serializers.CharField(help_text="Its URI, as its toolkit has it.")


class ResourceChange(PrimitiveChange):
    """What may be changed of a resource. Empty texts take the override away."""


class Resources(ApiView):
    """All of them."""

    @operation(READ, answer=Page(ResourceShape, ("name",)))
    def get(self, request: TenantRequest, server: str) -> QuerySet[Any]:
        """List the resources of a server."""
        return listed(request, server, KIND)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ResourceAddition, answer=One(ResourceShape, 201))
    def post(self, request: TenantRequest, server: str) -> ServerPrimitive:
        """Add a resource. Whoever may connect to the server sees it."""
        return added(request, server, KIND, "uri")


class ResourceDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(ResourceShape))
    def get(self, request: TenantRequest, server: str, resource_id: UUID) -> ServerPrimitive:
        """Read a resource."""
        return one(request, server, KIND, resource_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ResourceChange, answer=One(ResourceShape))
    def patch(self, request: TenantRequest, server: str, resource_id: UUID) -> ServerPrimitive:
        """Change, enable or disable a resource."""
        return changed(request, server, KIND, resource_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, resource_id: UUID) -> None:
        """Take a resource from the server."""
        removed(request, server, KIND, resource_id)
