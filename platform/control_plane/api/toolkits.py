"""/toolkits: the catalogue of this installation, from which servers are filled."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from control_plane.api.answers import Whole
from control_plane.api.asking import READ, KnownRequest
from control_plane.api.operations import ApiView, open_operation
from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition, TemplateDefinition
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


class ContentAnnotationsShape(serializers.Serializer[ResourceDefinition]):
    """What a resource says of itself; null where it says nothing."""

    audience = serializers.ListField(child=serializers.CharField(), allow_null=True)
    priority = serializers.FloatField(allow_null=True)
    last_modified = serializers.CharField(allow_null=True)


class ResourceDefinitionShape(serializers.Serializer[ResourceDefinition]):
    """A resource of a toolkit."""

    toolkit = serializers.CharField()
    uri = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    mime_type = serializers.CharField(allow_null=True)
    size = serializers.IntegerField(allow_null=True, help_text="In bytes, where it is known before reading.")
    annotations = ContentAnnotationsShape()


class TemplateDefinitionShape(serializers.Serializer[TemplateDefinition]):
    """A resource template of a toolkit."""

    toolkit = serializers.CharField()
    uri_template = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    mime_type = serializers.CharField(allow_null=True)
    annotations = ContentAnnotationsShape()
    completes = serializers.ListField(
        child=serializers.CharField(), help_text="The variables for which values are suggested."
    )


class PromptArgumentShape(serializers.Serializer[Any]):
    """An argument of a prompt: a string."""

    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment] # a declared field, which the class takes away
    completes = serializers.BooleanField(help_text="Whether values are suggested.")


class PromptDefinitionShape(serializers.Serializer[PromptDefinition]):
    """A prompt of a toolkit."""

    toolkit = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    arguments = PromptArgumentShape(many=True)


class Toolkits(ApiView):
    """The catalogue."""

    @open_operation(READ, answer=Whole(DefinitionShape))
    def get(self, request: KnownRequest) -> Sequence[ToolDefinition]:
        """List the tools that servers may offer."""
        return tool_catalogue().definitions()


class ToolkitResources(ApiView):
    """Its resources."""

    @open_operation(READ, answer=Whole(ResourceDefinitionShape))
    def get(self, request: KnownRequest) -> Sequence[ResourceDefinition]:
        """List the resources that servers may offer."""
        return tool_catalogue().resources()


class ToolkitTemplates(ApiView):
    """Its resource templates."""

    @open_operation(READ, answer=Whole(TemplateDefinitionShape))
    def get(self, request: KnownRequest) -> Sequence[TemplateDefinition]:
        """List the resource templates that servers may offer."""
        return tool_catalogue().templates()


class ToolkitPrompts(ApiView):
    """Its prompts."""

    @open_operation(READ, answer=Whole(PromptDefinitionShape))
    def get(self, request: KnownRequest) -> Sequence[PromptDefinition]:
        """List the prompts that servers may offer."""
        return tool_catalogue().prompts()
