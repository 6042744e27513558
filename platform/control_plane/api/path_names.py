"""The names in paths, by the grammar that they have everywhere else."""

from django.urls import register_converter

from mcp_runtime.contract.names import SLUG, TOOL_NAME
from mcp_runtime.contract.open_sessions import SESSION_HANDLE_LENGTH, STREAM_HANDLE_LENGTH


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


class SessionHandle(Label):
    """What names an open session to people."""

    regex = f"[0-9a-f]{{{SESSION_HANDLE_LENGTH}}}"


class StreamHandle(Label):
    """What names an open stream."""

    regex = f"[0-9a-f]{{{STREAM_HANDLE_LENGTH}}}"


register_converter(Label, "label")
register_converter(SessionHandle, "session")
register_converter(StreamHandle, "stream")
register_converter(ToolName, "tool")
