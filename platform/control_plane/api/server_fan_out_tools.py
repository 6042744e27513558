"""/servers/…/fan-out-tools: tools that ask several backends. Everything else about them is at /tools."""

from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from control_plane.api.server_tools import ToolShape
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import Server, ServerTool
from tenants.models.server_tool import ToolKind
from tenants.selectors.servers import server_get, server_tool_get
from tenants.services.fan_out_checking import fan_out_read
from tenants.services.fan_out_tools import fan_out_tool_create, fan_out_tool_update
from tenants.tool_kinds import fan_out_kept


@extend_schema_field({"type": "object", "additionalProperties": True})
class DefinitionField(serializers.JSONField):
    """What the tenant wrote, as docs/fan-out.md describes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="`FanOutDefinition`: see docs/fan-out.md.", **options)


class FanOutToolShape(ToolShape):
    """A fan-out tool, with its definition."""

    definition = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
    def get_definition(self, row: ServerTool) -> Any:
        """Null where a later release of Atrium wrote it."""
        kept = fan_out_kept(row)
        return None if kept is None else msgspec.to_builtins(kept.definition)


class FanOutWriting(Form):
    """The whole definition."""

    definition = DefinitionField()


class FanOutTools(ApiView):
    """New ones. `GET /tools` lists those of every kind."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=FanOutWriting, answer=One(FanOutToolShape, 201))
    def post(self, request: TenantRequest, server: str) -> ServerTool:
        """Make a fan-out tool. Owner and admin may call it at once, nobody else without a grant."""
        found = server_get(slug=server, actor=request.actor)
        definition = fan_out_read(request.body["definition"])
        return fan_out_tool_create(tenant=request.tenant, actor=request.actor, server=found, definition=definition)


class FanOutToolDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(FanOutToolShape))
    def get(self, request: TenantRequest, server: str, fan_out: str) -> ServerTool:
        """Read a fan-out tool with its definition."""
        return fan_out_tool_of(server_get(slug=server, actor=request.actor), fan_out)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=FanOutWriting, answer=One(FanOutToolShape))
    def put(self, request: TenantRequest, server: str, fan_out: str) -> ServerTool:
        """Write it anew. Its grants, limits and overrides stay."""
        found = server_get(slug=server, actor=request.actor)
        return fan_out_tool_update(
            tenant=request.tenant,
            actor=request.actor,
            server=found,
            tool=fan_out_tool_of(found, fan_out),
            definition=fan_out_read(request.body["definition"]),
        )


def fan_out_tool_of(server: Server, name: str) -> ServerTool:
    """The fan-out tool that a path names. Raises NotFoundError."""
    row = server_tool_get(server=server, name=name)
    if row.kind != ToolKind.FAN_OUT:
        raise NotFoundError("There is no such tool.")
    return row
