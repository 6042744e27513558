"""What content must be before a client gets it (MCP server/resources, Resource Contents; server/prompts)."""

import binascii
import re
from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.results import AudioContent, EmbeddedResource, ImageContent, ResourceContents, ResourceLink
from mcp_runtime.protocol.uris import is_uri

_MIME_TYPE: Final = re.compile(
    r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|\"[^\"]*\"))*", re.ASCII
)


class UnusableContent(ValueError):  # noqa: N818 - reads as the state it reports
    """A toolkit's function returned content that no client could read."""


def is_mime_type(text: str) -> bool:
    """Whether this is a media type as RFC 2045 writes them."""
    return _MIME_TYPE.fullmatch(text) is not None


def check_contents(contents: ResourceContents) -> None:
    """Raises UnusableContent where it is neither text nor bytes in base64, or nobody could tell of what."""
    if not is_uri(contents.uri):
        raise UnusableContent(f"{contents.uri[:80]!r} is no URI")
    if (contents.text is UNSET) == (contents.blob is UNSET):
        raise UnusableContent("contents of a resource are either text or blob")
    if contents.mime_type is not UNSET and not is_mime_type(contents.mime_type):
        raise UnusableContent(f"{contents.mime_type[:80]!r} is no MIME type")
    if contents.blob is not UNSET:
        _check_base64(contents.blob)


def check_block(block: Any) -> None:
    """Raises UnusableContent where a content block is not what its type promises."""
    if isinstance(block, ImageContent | AudioContent):
        _check_base64(block.data)
        if not is_mime_type(block.mime_type):
            raise UnusableContent(f"{block.mime_type[:80]!r} is no MIME type")
    elif isinstance(block, EmbeddedResource):
        check_contents(block.resource)
        if block.resource.mime_type is UNSET:
            raise UnusableContent("an embedded resource has a MIME type")
    elif isinstance(block, ResourceLink) and not is_uri(block.uri):
        raise UnusableContent(f"{block.uri[:80]!r} is no URI")


def _check_base64(data: str) -> None:
    try:
        binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise UnusableContent("data must be base64") from error
