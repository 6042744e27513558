"""What the operations on resources, templates and prompts of a server have in common."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.asking import TenantRequest
from control_plane.api.forms import Form
from tenants.models import ServerPrimitive
from tenants.models.server_primitive import PrimitiveKind
from tenants.selectors.server_primitives import server_primitive_get, server_primitive_list
from tenants.selectors.servers import server_get
from tenants.services.server_primitives import (
    server_primitive_add,
    server_primitive_remove,
    server_primitive_update,
)


class PrimitiveShape(serializers.Serializer[ServerPrimitive]):
    """What each of them has. Empty texts mean "as its toolkit says"."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    toolkit = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    is_enabled = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PrimitiveAddition(Form):
    """Which one of the catalogue to add, under its own name or another."""

    toolkit = serializers.CharField()
    name = serializers.CharField(required=False)


class PrimitiveChange(Form):
    """What may be changed. Empty texts take the override away."""

    name = serializers.CharField(required=False)
    title = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    is_enabled = serializers.BooleanField(required=False)


def listed(request: TenantRequest, server: str, kind: PrimitiveKind) -> QuerySet[Any]:
    """All of one kind."""
    return server_primitive_list(server=server_get(slug=server, actor=request.actor), kinds=[kind])


def added(request: TenantRequest, server: str, kind: PrimitiveKind, source: str) -> ServerPrimitive:
    """One of the catalogue, which the body names; `source` is the field with what its toolkit knows it by."""
    found = server_get(slug=server, actor=request.actor)
    said = {**request.body}
    return server_primitive_add(
        tenant=request.tenant, actor=request.actor, server=found, kind=kind, source=said.pop(source), **said
    )


def one(request: TenantRequest, server: str, kind: PrimitiveKind, primitive_id: UUID) -> ServerPrimitive:
    """One by its id."""
    found = server_get(slug=server, actor=request.actor)
    return server_primitive_get(server=found, kinds=[kind], primitive_id=primitive_id)


def changed(request: TenantRequest, server: str, kind: PrimitiveKind, primitive_id: UUID) -> ServerPrimitive:
    """One, as the body says."""
    found = server_get(slug=server, actor=request.actor)
    row = server_primitive_get(server=found, kinds=[kind], primitive_id=primitive_id)
    return server_primitive_update(
        tenant=request.tenant, actor=request.actor, server=found, primitive=row, **request.body
    )


def removed(request: TenantRequest, server: str, kind: PrimitiveKind, primitive_id: UUID) -> None:
    """One less."""
    found = server_get(slug=server, actor=request.actor)
    row = server_primitive_get(server=found, kinds=[kind], primitive_id=primitive_id)
    server_primitive_remove(tenant=request.tenant, actor=request.actor, server=found, primitive=row)
