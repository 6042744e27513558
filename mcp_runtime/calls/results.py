"""What a tool answers, in the words of MCP 2026-07-28 server/tools "Tool Result"."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

ERROR_META: Final = "io.atrium/error"
"""The key under `_meta` of a failed result where programs find its type."""

EGRESS_REFUSED: Final = "egress_refused"
"""The type where something was not asked for because of the rules of the way out. `reason` and `host` are beside it."""


class ContentAnnotations(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Hints about one content block: for whom (`user`, `assistant`), how important (0 to 1), when it last changed."""

    audience: list[str] | None = None
    priority: float | None = None
    last_modified: str | None = None


class TextContent(Struct, frozen=True, tag_field="type", tag="text", rename="camel", omit_defaults=True):
    """Text for the model or the user."""

    text: str
    annotations: ContentAnnotations | UnsetType = UNSET


class ImageContent(Struct, frozen=True, tag_field="type", tag="image", rename="camel", omit_defaults=True):
    """An image; `data` is base64."""

    data: str
    mime_type: str
    annotations: ContentAnnotations | UnsetType = UNSET


class AudioContent(Struct, frozen=True, tag_field="type", tag="audio", rename="camel", omit_defaults=True):
    """A sound; `data` is base64."""

    data: str
    mime_type: str
    annotations: ContentAnnotations | UnsetType = UNSET


class ResourceLink(
    Struct, frozen=True, kw_only=True, tag_field="type", tag="resource_link", rename="camel", omit_defaults=True
):
    """A resource that the client may read itself; `size` in bytes."""

    uri: str
    name: str
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    mime_type: str | UnsetType = UNSET
    size: int | UnsetType = UNSET
    annotations: ContentAnnotations | UnsetType = UNSET


class ResourceContents(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A resource's content: `text`, or `blob` as base64."""

    uri: str
    mime_type: str | UnsetType = UNSET
    text: str | UnsetType = UNSET
    blob: str | UnsetType = UNSET


class EmbeddedResource(Struct, frozen=True, tag_field="type", tag="resource", rename="camel", omit_defaults=True):
    """A resource whose content comes along."""

    resource: ResourceContents
    annotations: ContentAnnotations | UnsetType = UNSET


ContentBlock = TextContent | ImageContent | AudioContent | ResourceLink | EmbeddedResource


class ToolResult(Struct, frozen=True):
    """One finished call.

    `structured` is a JSON object as msgspec decodes it, UNSET where there is none. `meta` becomes the result's
    `_meta`, beside what the runtime puts there.
    """

    content: list[ContentBlock] = field(default_factory=list)
    structured: Any = UNSET
    is_error: bool = False
    meta: dict[str, Any] | None = None


def failed(kind: str, text: str, **data: Any) -> ToolResult:
    """A result that tells the model what went wrong; `_meta` carries the type for programs."""
    return ToolResult([TextContent(text)], is_error=True, meta={ERROR_META: {"type": kind, **data}})


def error_type(result: ToolResult) -> str:
    """The type of a failed result; empty where its maker gave none."""
    error = (result.meta or {}).get(ERROR_META)
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def audit_reason(result: ToolResult) -> str:
    """What the audit says of a failed result: its type; where the way out was refused, also why, and which host."""
    kind = error_type(result)
    if kind != EGRESS_REFUSED:
        return kind
    error = (result.meta or {})[ERROR_META]
    return f"{kind}: {error.get('reason', '')} {error.get('host', '')}".strip()


class _Written(Struct):
    content: list[Raw] = field(default_factory=list)
    structured: Any = UNSET
    is_error: bool = False
    meta: dict[str, Any] | None = None


class _Typed(Struct):
    type: str


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Written)
_block_decoder = msgspec.json.Decoder(ContentBlock)


def encode_tool_result(result: ToolResult) -> bytes:
    """A result as a job keeps it. Raises TypeError or ValueError where `structured` or `meta` is no JSON."""
    return _encoder.encode(result)


def decode_tool_result(body: bytes) -> ToolResult:
    """What `encode_tool_result` made; raises `msgspec.DecodeError` on anything else."""
    written = _decoder.decode(body)
    return ToolResult(list(map(_block, written.content)), written.structured, written.is_error, written.meta)


def text_of(block: Any) -> str | None:
    """The text of a block of text; None for any other. A block may be as an upstream sent it (`Raw`)."""
    if isinstance(block, TextContent):
        return block.text
    if isinstance(block, Raw):
        found = msgspec.json.decode(block)
        text = found.get("text") if found.get("type") == "text" else None
        return text if isinstance(text, str) else None
    return None


def _block(written: Raw) -> Any:
    """The block; as it is written where it has members that are not known here, or is of a type that is not."""
    try:
        block = _block_decoder.decode(written)
    except msgspec.ValidationError:
        msgspec.json.decode(written, type=_Typed)
        return written.copy()
    return block if _encoder.encode(block) == bytes(written) else written.copy()
