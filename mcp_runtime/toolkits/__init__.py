"""Toolkits: typed Python functions that become MCP tools. What an author needs is here; docs/toolkits.md shows how."""

from mcp_runtime.calls.results import (
    AudioContent,
    ContentAnnotations,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceContents,
    ResourceLink,
    TextContent,
    ToolResult,
)
from mcp_runtime.toolkits.context import Cancelled, Context
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.errors import ToolError, ToolkitMistake

__all__ = [
    "AudioContent",
    "Cancelled",
    "ContentAnnotations",
    "ContentBlock",
    "Context",
    "EmbeddedResource",
    "ImageContent",
    "ResourceContents",
    "ResourceLink",
    "TextContent",
    "ToolError",
    "ToolResult",
    "Toolkit",
    "ToolkitMistake",
]
