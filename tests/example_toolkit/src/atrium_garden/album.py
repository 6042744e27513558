"""Every form of content that a tool can answer with."""

import struct
import zlib
from base64 import b64encode
from typing import Final

from atrium_garden.garden import toolkit
from mcp_runtime.toolkits import (
    AudioContent,
    ContentAnnotations,
    EmbeddedResource,
    ImageContent,
    ResourceContents,
    ResourceLink,
    TextContent,
    ToolResult,
)

GREEN: Final = b"\x20\x80\x30"


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def green_dot() -> bytes:
    """A PNG of one green pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\x00" + GREEN)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixel) + _chunk(b"IEND", b"")


def silence() -> bytes:
    """A WAV of one silent sample."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    return b"RIFF" + struct.pack("<I", 37) + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data\x01\x00\x00\x00\x80"


@toolkit.tool(title="Look at the album", read_only=True, open_world=False)
def album() -> ToolResult:
    """Show a picture, a sound and a text of the garden, and where its plan is."""
    note = ResourceContents(uri="garden://notes/today", mime_type="text/plain", text="The fig has leaves.")
    return ToolResult(
        [
            TextContent("The garden today:", annotations=ContentAnnotations(audience=["user"])),
            ImageContent(b64encode(green_dot()).decode(), "image/png"),
            AudioContent(b64encode(silence()).decode(), "audio/wav"),
            EmbeddedResource(note),
            ResourceLink(uri="garden://plan", name="plan", title="Plan of the garden", mime_type="text/markdown"),
        ],
        structured={"pictures": 1},
    )
