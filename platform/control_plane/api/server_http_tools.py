"""/servers/…/http-tools: tools that are one REST call each. Everything else about them is at /tools."""

from dataclasses import asdict
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from control_plane.api.server_tools import ToolShape
from control_plane.tool_trials import tool_tried
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.http_tools.trial import Trial
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import Server, ServerTool
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_get, server_tool_get
from tenants.services.http_tool_checking import http_definition_read
from tenants.services.http_tools import http_tool_create, http_tool_update
from tenants.tool_kinds import http_definition


@extend_schema_field({"type": "object", "additionalProperties": True})
class DefinitionField(serializers.JSONField):
    """What the tenant wrote, as docs/http-tools.md describes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(help_text="`HttpToolDefinition`: see docs/http-tools.md.", **options)


class HttpToolShape(ToolShape):
    """An HTTP tool, with its definition."""

    definition = serializers.SerializerMethodField()
    openapi_source = serializers.UUIDField(source="openapi_source_id", allow_null=True)
    operation = serializers.CharField(help_text="Where in that document it came from; empty where it was written here.")

    @extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
    def get_definition(self, row: ServerTool) -> Any:
        """Null where a later release of Atrium wrote it."""
        written = http_definition(row)
        return None if written is None else msgspec.to_builtins(written)


class HttpToolCreation(Form):
    """A tool, and where it runs."""

    definition = DefinitionField()
    background = serializers.BooleanField(default=False, help_text="It runs as a job on a worker.")


class HttpToolWriting(Form):
    """The whole definition anew."""

    definition = DefinitionField()
    background = serializers.BooleanField(required=False)


class HttpToolTest(Form):
    """What to try. Nothing of it is kept."""

    definition = DefinitionField()
    arguments = serializers.DictField(default=dict)


class SavedToolTest(Form):
    """The arguments of one call."""

    arguments = serializers.DictField(default=dict)


class HeaderShape(serializers.Serializer[Any]):
    """One header."""

    name = serializers.CharField()
    value = serializers.CharField()


class SentShape(serializers.Serializer[Any]):
    """The request, with `{{secret.name}}` where values were."""

    method = serializers.CharField()
    url = serializers.CharField()
    headers = HeaderShape(many=True)
    body = serializers.CharField()


class ReceivedShape(serializers.Serializer[Any]):
    """The answer: the headers that tell something, and the body, shortened."""

    status = serializers.IntegerField()
    headers = HeaderShape(many=True)
    body = serializers.CharField()


class TrialShape(serializers.Serializer[Any]):
    """What came of it. `result` is what a client would have got (MCP `CallToolResult`)."""

    request = SentShape(allow_null=True)
    response = ReceivedShape(allow_null=True)
    result = serializers.DictField()


class HttpTools(ApiView):
    """New ones. `GET /tools` lists those of every kind."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=HttpToolCreation, answer=One(HttpToolShape, 201))
    def post(self, request: TenantRequest, server: str) -> ServerTool:
        """Make an HTTP tool. Owner and admin may call it at once, nobody else without a grant."""
        found = server_get(slug=server, actor=request.actor)
        definition = http_definition_read(request.body["definition"])
        background = request.body["background"]
        return http_tool_create(
            tenant=request.tenant, actor=request.actor, server=found, definition=definition, background=background
        )


class HttpToolDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(HttpToolShape))
    def get(self, request: TenantRequest, server: str, http_tool: str) -> ServerTool:
        """Read an HTTP tool with its definition."""
        return _http_tool(server_get(slug=server, actor=request.actor), http_tool)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=HttpToolWriting, answer=One(HttpToolShape))
    def put(self, request: TenantRequest, server: str, http_tool: str) -> ServerTool:
        """Write it anew. Its grants, limits and overrides stay."""
        found = server_get(slug=server, actor=request.actor)
        return http_tool_update(
            tenant=request.tenant,
            actor=request.actor,
            server=found,
            tool=_http_tool(found, http_tool),
            definition=http_definition_read(request.body["definition"]),
            background=request.body.get("background"),
        )


def _try_given(request: TenantRequest, server: str) -> Trial:
    with tenant_scope(request.tenant):
        found = server_get(slug=server, actor=request.actor)
    definition = http_definition_read(request.body["definition"])
    return _tried(request, server=found, definition=definition)


def _try_saved(request: TenantRequest, server: str, http_tool: str) -> Trial:
    with tenant_scope(request.tenant):
        found = server_get(slug=server, actor=request.actor)
        definition = http_definition(_http_tool(found, http_tool))
    return _tried(request, server=found, definition=definition)


class HttpToolTesting(ApiView):
    """Trying out what is not kept yet."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=HttpToolTest, answer=One(TrialShape), ahead=_try_given)
    def post(self, request: TenantRequest, server: str) -> Any:
        """Send the request of a definition once, under the guards of every call."""
        return _shown(request.ahead)


class SavedToolTesting(ApiView):
    """Trying out what is there."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=SavedToolTest, answer=One(TrialShape), ahead=_try_saved)
    def post(self, request: TenantRequest, server: str, http_tool: str) -> Any:
        """Send the request of a tool once, under the guards of every call."""
        return _shown(request.ahead)


def _http_tool(server: Server, tool: str) -> ServerTool:
    row = server_tool_get(server=server, name=tool)
    if http_definition(row) is None:
        raise NotFoundError("There is no such tool.")
    return row


def _tried(request: TenantRequest, **given: Any) -> Trial:
    return tool_tried(tenant=request.tenant, actor=request.actor, arguments=request.body["arguments"], **given)


def _shown(trial: Trial) -> dict[str, Any]:
    sent = None if trial.request is None else {**asdict(trial.request), "headers": _pairs(trial.request.headers)}
    received = {"status": trial.status, "headers": _pairs(trial.headers), "body": trial.body}
    return {"request": sent, "response": None if trial.status is None else received, "result": _result(trial.result)}


def _result(result: ToolResult) -> dict[str, Any]:
    """By the names of MCP."""
    shown: dict[str, Any] = {"content": msgspec.to_builtins(result.content), "isError": result.is_error}
    if result.structured is not msgspec.UNSET:
        shown["structuredContent"] = msgspec.to_builtins(result.structured)
    return shown if result.meta is None else {**shown, "_meta": result.meta}


def _pairs(headers: Any) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]
