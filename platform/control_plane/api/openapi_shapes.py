"""OpenAPI documents, their operations and what changes of them, as answers."""

from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from control_plane.api.server_tools import ToolShape
from tenants.models import OpenApiSource
from tenants.selectors.openapi_changes import SourceChanges, ToolChange
from tenants.selectors.openapi_operations import Operation


class SourceShape(serializers.Serializer[OpenApiSource]):
    """A document, without its text."""

    id = serializers.UUIDField()
    title = serializers.CharField(help_text="As this server calls it.")
    version = serializers.CharField(source="document_version", help_text="Of the API, as the document says.")
    url = serializers.CharField(source="document_url", help_text="Where it was fetched from; empty where it was sent.")
    base_url = serializers.CharField(help_text="What the paths of its operations are joined to.")
    digest = serializers.CharField(help_text="SHA-256 of the document as it is kept, in hexadecimal.")
    pending_digest = serializers.CharField(help_text="Of a version that waits to be applied; empty where none does.")
    tools = serializers.IntegerField(source="tool_count", help_text="How many tools came of it.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ServerVariableShape(serializers.Serializer[Any]):
    """A part of an address that is for whoever calls to choose."""

    name = serializers.CharField()
    default = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField(), help_text="Empty where any will do.")
    description = serializers.CharField()


class ServerChoiceShape(serializers.Serializer[Any]):
    """One of the document's servers."""

    template = serializers.CharField(help_text="Its address as written.")
    description = serializers.CharField()
    variables = ServerVariableShape(many=True)
    urls = serializers.ListField(child=serializers.CharField(), help_text="What the variables make of it.")


class SchemeShape(serializers.Serializer[Any]):
    """A security scheme, and the secret that meets it."""

    scheme = serializers.CharField()
    secret = serializers.CharField(help_text="The name of the secret; empty where none can meet it.")
    holds = serializers.CharField(help_text="What the secret has to hold.")
    is_stored = serializers.BooleanField(help_text="Whether the tenant has a secret of this name.")
    problem = serializers.CharField(help_text="Why no secret can meet it.")


class TagShape(serializers.Serializer[Any]):
    """A tag of operations."""

    name = serializers.CharField()
    operations = serializers.IntegerField()


class SourceDetailShape(SourceShape):
    """A document with what there is to choose from."""

    operations = serializers.IntegerField(help_text="How many it has.")
    tags = TagShape(many=True)
    servers = ServerChoiceShape(many=True)
    schemes = SchemeShape(many=True)
    address_problem = serializers.CharField(help_text="Why calls at this base URL would be refused; else empty.")


class OperationShape(serializers.Serializer[Operation]):
    """One operation, and the tool that it makes."""

    key = serializers.CharField(source="outline.key", help_text="Method and path, as `GET /orders`.")
    name = serializers.CharField(help_text="What its tool is called, or would be.")
    summary = serializers.CharField(source="outline.summary")
    tags = serializers.ListField(child=serializers.CharField(), source="outline.tags")
    is_deprecated = serializers.BooleanField(source="outline.is_deprecated")
    problem = serializers.CharField(help_text="Why it can't become a tool; else empty.")
    tool_id = serializers.UUIDField(source="tool.pk", allow_null=True, default=None, help_text="Made of it already.")
    secrets = serializers.SerializerMethodField(help_text="The names of the secrets that it needs.")

    def get_secrets(self, row: Operation) -> list[str]:
        """Of the tool that it makes."""
        return [] if row.made is None else [secret.name for secret in row.made.secrets]


class OperationDetailShape(OperationShape):
    """One operation, with the whole of the tool that it makes."""

    definition = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": True, "nullable": True})
    def get_definition(self, row: Operation) -> Any:
        """`HttpToolDefinition`: see docs/http-tools.md. Null where it can't become a tool."""
        return None if row.made is None else msgspec.to_builtins(row.made.definition)


class ToolChangeShape(serializers.Serializer[ToolChange]):
    """A tool whose operation says something else now."""

    tool = serializers.CharField(source="tool.name")
    operation = serializers.CharField(source="tool.operation")
    parts = serializers.ListField(
        child=serializers.CharField(), help_text="Of description, arguments, request, credentials."
    )
    is_edited = serializers.BooleanField(help_text="Somebody has changed it by hand, which is overwritten.")


class GoneToolShape(serializers.Serializer[Any]):
    """A tool that goes on as it is, unless it is to be removed."""

    tool = serializers.CharField()
    operation = serializers.CharField()
    problem = serializers.CharField(help_text="Why its operation can't be read any more; empty where there is none.")


class AddedOperationShape(serializers.Serializer[Any]):
    """An operation that the document did not have before."""

    key = serializers.CharField()
    summary = serializers.CharField()


class SourceChangesShape(serializers.Serializer[Any]):
    """What another version changes."""

    digest = serializers.CharField(help_text="Of the version; empty where there is no other.")
    changed = ToolChangeShape(many=True)
    gone = GoneToolShape(many=True)
    refused = GoneToolShape(many=True)
    added = AddedOperationShape(many=True, help_text="The first thousand.")
    same = serializers.IntegerField(help_text="How many tools stay as they are.")


class AppliedShape(serializers.Serializer[Any]):
    """What was done."""

    changed = ToolShape(many=True)
    removed = serializers.ListField(child=serializers.CharField(), help_text="The names that the tools had.")
    added = ToolShape(many=True)


class MadeToolsShape(serializers.Serializer[Any]):
    """The tools that were made."""

    tools = ToolShape(many=True)


def changes_answer(digest: str, changes: SourceChanges) -> dict[str, Any]:
    """For `SourceChangesShape`."""
    return {
        "digest": digest,
        "changed": changes.changed,
        "gone": [{"tool": tool.name, "operation": tool.operation, "problem": ""} for tool in changes.gone],
        "refused": [{"tool": tool.name, "operation": tool.operation, "problem": why} for tool, why in changes.refused],
        "added": changes.added[:1000],
        "same": changes.same,
    }
