"""What a toolkit's function returns reaches a client only where the client could read it."""

import pytest

from mcp_runtime.toolkits import (
    AudioContent,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceContents,
    ResourceLink,
    TextContent,
)
from mcp_runtime.toolkits.content_rules import UnusableContent, check_block, check_contents

GOOD = ResourceContents(uri="notes://a", mime_type="text/plain", text="")


@pytest.mark.must("MUST-23.8")
@pytest.mark.parametrize(
    "contents",
    [
        ResourceContents(uri="notes://a", mime_type="text/plain"),
        ResourceContents(uri="notes://a", mime_type="text/plain", text="a", blob="AAAA"),
        ResourceContents(uri="no uri", mime_type="text/plain", text="a"),
        ResourceContents(uri="notes://a", mime_type="text", text="a"),
        ResourceContents(uri="notes://a", mime_type="image/png", blob="AAA"),
        ResourceContents(uri="notes://a", mime_type="image/png", blob="AA AA"),
        ResourceContents(uri="notes://a", mime_type="image/png", blob="ÄÄÄÄ"),
    ],
)
def test_contents_that_nobody_could_read(contents: ResourceContents) -> None:
    with pytest.raises(UnusableContent):
        check_contents(contents)


@pytest.mark.must("MUST-22.4")
@pytest.mark.parametrize(
    "block",
    [
        ImageContent("not base64", "image/png"),
        ImageContent("AAAA", "png"),
        AudioContent("AAAA", ""),
        AudioContent("=AAA", "audio/wav"),
        EmbeddedResource(ResourceContents(uri="notes://a", mime_type="text/plain")),
        EmbeddedResource(ResourceContents(uri="notes://a", text="of what kind?")),
        ResourceLink(uri="not a link", name="a"),
    ],
)
def test_blocks_that_nobody_could_read(block: ContentBlock) -> None:
    with pytest.raises(UnusableContent):
        check_block(block)


@pytest.mark.parametrize(
    "block",
    [
        TextContent(""),
        ImageContent("", "image/svg+xml"),
        AudioContent("AAAA", "audio/ogg; codecs=opus"),
        EmbeddedResource(GOOD),
        ResourceLink(uri="https://a.example/b", name="a"),
    ],
)
def test_blocks_that_are_fine(block: ContentBlock) -> None:
    check_block(block)
