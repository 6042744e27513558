"""/toolkits: the catalogue of this installation, from which servers are filled."""

from collections.abc import Sequence

from rest_framework import serializers

from control_plane.api.answers import Whole
from control_plane.api.asking import READ, KnownRequest
from control_plane.api.operations import ApiView, open_operation
from mcp_runtime.contract.tools import ToolDefinition
from tenants.catalogue import tool_catalogue


class AnnotationsShape(serializers.Serializer[ToolDefinition]):
    """What a tool says of itself; null where it says nothing."""

    read_only_hint = serializers.BooleanField(allow_null=True)
    destructive_hint = serializers.BooleanField(allow_null=True)
    idempotent_hint = serializers.BooleanField(allow_null=True)
    open_world_hint = serializers.BooleanField(allow_null=True)


class DefinitionShape(serializers.Serializer[ToolDefinition]):
    """A tool of a toolkit."""

    toolkit = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    input_schema = serializers.DictField()
    output_schema = serializers.DictField(allow_null=True)
    annotations = AnnotationsShape()
    timeout_seconds = serializers.FloatField()
    concurrency = serializers.IntegerField(allow_null=True)


class Toolkits(ApiView):
    """The catalogue."""

    @open_operation(READ, answer=Whole(DefinitionShape))
    def get(self, request: KnownRequest) -> Sequence[ToolDefinition]:
        """List the tools that servers may offer."""
        return tool_catalogue().definitions()
