"""/servers/…/prompts: what people choose in their clients, to be filled in and sent to a model."""

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

KIND = PrimitiveKind.PROMPT


class PromptShape(PrimitiveShape):
    """A prompt of a server. Empty texts mean "as its toolkit says"."""

    name = serializers.CharField(help_text="By which clients ask for it.")
    prompt = serializers.CharField(source="source", help_text="Its name within the toolkit.")


class PromptAddition(PrimitiveAddition):
    """Which prompt of the catalogue to add, under its own name or another."""

    prompt = serializers.CharField(help_text="Its name within the toolkit.")


class PromptChange(PrimitiveChange):
    """What may be changed of a prompt. Empty texts take the override away."""


class Prompts(ApiView):
    """All of them."""

    @operation(READ, answer=Page(PromptShape, ("name",)))
    def get(self, request: TenantRequest, server: str) -> QuerySet[Any]:
        """List the prompts of a server."""
        return listed(request, server, KIND)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=PromptAddition, answer=One(PromptShape, 201))
    def post(self, request: TenantRequest, server: str) -> ServerPrimitive:
        """Add a prompt. Whoever may connect to the server sees it."""
        return added(request, server, KIND, "prompt")


class PromptDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(PromptShape))
    def get(self, request: TenantRequest, server: str, prompt_id: UUID) -> ServerPrimitive:
        """Read a prompt."""
        return one(request, server, KIND, prompt_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=PromptChange, answer=One(PromptShape))
    def patch(self, request: TenantRequest, server: str, prompt_id: UUID) -> ServerPrimitive:
        """Change, enable or disable a prompt."""
        return changed(request, server, KIND, prompt_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, prompt_id: UUID) -> None:
        """Take a prompt from the server."""
        removed(request, server, KIND, prompt_id)
