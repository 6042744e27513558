"""One tool for each kind of content."""

import json
from typing import Final

from mcp_runtime.toolkits import (
    AudioContent,
    EmbeddedResource,
    ImageContent,
    ResourceContents,
    TextContent,
    ToolError,
    Toolkit,
    ToolResult,
)

# One red pixel, and a WAV file without a single sample.
IMAGE: Final = ImageContent(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==", "image/png"
)
AUDIO: Final = AudioContent("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=", "audio/wav")


async def accept() -> ToolResult:
    """Do nothing: the suite calls the first tool of the list without arguments, and expects that to succeed."""
    return ToolResult([TextContent("Accepted.")])


async def test_simple_text() -> ToolResult:
    """Return simple text content."""
    return ToolResult([TextContent("This is a simple text response for testing.")])


async def test_image_content() -> ToolResult:
    """Return image content."""
    return ToolResult([IMAGE])


async def test_audio_content() -> ToolResult:
    """Return audio content."""
    return ToolResult([AUDIO])


async def test_embedded_resource() -> ToolResult:
    """Return an embedded resource."""
    text = "This is an embedded resource content."
    contents = ResourceContents(uri="test://embedded-resource", mime_type="text/plain", text=text)
    return ToolResult([EmbeddedResource(contents)])


async def test_multiple_content_types() -> ToolResult:
    """Return text, image and resource content at once."""
    text = json.dumps({"test": "data", "value": 123})
    contents = ResourceContents(uri="test://mixed-content-resource", mime_type="application/json", text=text)
    return ToolResult([TextContent("Multiple content types test:"), IMAGE, EmbeddedResource(contents)])


async def test_error_handling() -> ToolResult:
    """Fail with an error that the model can read."""
    raise ToolError("This tool intentionally returns an error for testing")


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools."""
    declare = toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
    for function in (
        accept,
        test_simple_text,
        test_image_content,
        test_audio_content,
        test_embedded_resource,
        test_multiple_content_types,
        test_error_handling,
    ):
        declare(function)
