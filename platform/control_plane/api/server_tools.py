"""/servers/…/tools: what a server offers."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import FiniteNumber, Form, RateColumns, RateForm
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import ServerTool
from tenants.models.server_tool import ToolKind
from tenants.selectors.servers import server_get, server_tool_get, server_tool_list
from tenants.services.server_tools import MODES, server_tool_add, server_tool_remove, server_tool_update


class ToolShape(serializers.Serializer[ServerTool]):
    """A tool of a server. Empty texts and nulls mean "as its toolkit, or its definition, says"."""

    id = serializers.UUIDField(help_text="By which grants name it.")
    name = serializers.CharField(help_text="By which clients call it.")
    kind = serializers.ChoiceField(ToolKind.values, help_text="What runs it. Only `builtin` ones are of a toolkit.")
    toolkit = serializers.CharField()
    tool = serializers.CharField(help_text="Its name within the toolkit.")
    title = serializers.CharField()
    description = serializers.CharField()
    mode = serializers.CharField(help_text="`inline`, or `background`: it runs as a job on a worker.")
    is_enabled = serializers.BooleanField()
    rate = RateColumns()
    concurrency = serializers.IntegerField(allow_null=True)
    timeout_seconds = serializers.FloatField(allow_null=True)
    cache_seconds = serializers.FloatField(allow_null=True, help_text="How long an answer is given again; null: never.")
    cache_public = serializers.BooleanField(help_text="Whether everybody gets it, and not its own caller alone.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ToolAddition(Form):
    """Which tool of the catalogue to add, under its own name or another."""

    toolkit = serializers.CharField()
    tool = serializers.CharField()
    name = serializers.CharField(required=False)


class ToolChange(Form):
    """What may be changed of a tool. Empty texts and nulls take the override away."""

    name = serializers.CharField(required=False)
    title = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    mode = serializers.ChoiceField(choices=MODES[1:], required=False, allow_blank=True)
    is_enabled = serializers.BooleanField(required=False)
    rate = RateForm(required=False, allow_null=True)
    concurrency = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=10_000)
    timeout_seconds = FiniteNumber(required=False, allow_null=True)
    cache_seconds = FiniteNumber(required=False, allow_null=True, help_text="Of tools that only read; a day at most.")
    cache_public = serializers.BooleanField(required=False)


class Tools(ApiView):
    """All of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=Page(ToolShape, ("name",)))
    def get(self, request: TenantRequest, server: str) -> QuerySet[Any]:
        """List the tools of a server."""
        return server_tool_list(server=server_get(slug=server, actor=request.actor))

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ToolAddition, answer=One(ToolShape, 201))
    def post(self, request: TenantRequest, server: str) -> ServerTool:
        """Add a tool. Owner and admin may call it at once, nobody else without a grant."""
        found = server_get(slug=server, actor=request.actor)
        return server_tool_add(tenant=request.tenant, actor=request.actor, server=found, **request.body)


class ToolDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(ToolShape))
    def get(self, request: TenantRequest, server: str, tool: str) -> ServerTool:
        """Read a tool."""
        return server_tool_get(server=server_get(slug=server, actor=request.actor), name=tool)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ToolChange, answer=One(ToolShape))
    def patch(self, request: TenantRequest, server: str, tool: str) -> ServerTool:
        """Change, enable or disable a tool."""
        found = server_get(slug=server, actor=request.actor)
        row = server_tool_get(server=found, name=tool)
        return server_tool_update(tenant=request.tenant, actor=request.actor, server=found, tool=row, **request.body)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, tool: str) -> None:
        """Take a tool from the server, with its grants."""
        found = server_get(slug=server, actor=request.actor)
        row = server_tool_get(server=found, name=tool)
        server_tool_remove(tenant=request.tenant, actor=request.actor, server=found, tool=row)
