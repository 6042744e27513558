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
from mcp_runtime.toolkits.asking import Ask, Elicited, InputFailed, MissingCapability, Root, Sampled
from mcp_runtime.toolkits.completion import Completion
from mcp_runtime.toolkits.context import Cancelled, Context
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.errors import ProtocolError, ResourceNotFound, ToolError, ToolkitMistake
from mcp_runtime.toolkits.messages import PromptMessage

__all__ = [
    "Ask",
    "AudioContent",
    "Cancelled",
    "Completion",
    "ContentAnnotations",
    "ContentBlock",
    "Context",
    "Elicited",
    "EmbeddedResource",
    "ImageContent",
    "InputFailed",
    "MissingCapability",
    "PromptMessage",
    "ProtocolError",
    "ResourceContents",
    "ResourceLink",
    "ResourceNotFound",
    "Root",
    "Sampled",
    "TextContent",
    "ToolError",
    "ToolResult",
    "Toolkit",
    "ToolkitMistake",
]
