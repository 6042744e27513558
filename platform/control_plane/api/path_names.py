"""The names in paths, by the grammar that they have everywhere else."""

from django.urls import register_converter

from mcp_runtime.contract.names import SLUG, TOOL_NAME


class Label:
    """The slug of a tenant or a server."""

    regex = SLUG.pattern

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


class ToolName(Label):
    """The name by which clients call a tool."""

    regex = TOOL_NAME.pattern


register_converter(Label, "label")
register_converter(ToolName, "tool")
