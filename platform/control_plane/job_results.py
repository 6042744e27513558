"""The result of a job, as a page shows it and as a file."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType
from msgspec import field as spelled

from mcp_runtime.calls.results import (
    AudioContent,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    ToolResult,
    decode_tool_result,
    text_of,
)

LONGEST_SHOWN: Final = 20_000
"""Characters of one part; the rest is in the file."""


@dataclass(frozen=True, slots=True)
class ResultPart:
    """Something to read. `language` is empty for plain text."""

    text: str
    language: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class ShownResult:
    """`parts` are to be read, `others` says what else there is."""

    is_error: bool
    parts: list[ResultPart] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """True where something is longer than what is shown."""
        return any(part.is_cut for part in self.parts)


class _AsSent(Struct):
    """The result in the words of MCP, as clients get it."""

    content: list[Any]
    is_error: bool = spelled(name="isError")
    structured: Any | UnsetType = spelled(name="structuredContent", default=UNSET)
    meta: dict[str, Any] | UnsetType = spelled(name="_meta", default=UNSET)


def shown_result(encoded: bytes) -> ShownResult:
    """What there is to see of an encoded `ToolResult`."""
    result = decode_tool_result(encoded)
    parts = [] if result.structured is UNSET else [_part(_written(result.structured), "json")]
    said = [(block, text_of(block)) for block in result.content]
    texts = [text for _, text in said if text is not None]
    parts += [_part(text) for text in texts if not _says_the_same(text, result)]
    others = [_described(block) for block, text in said if text is None]
    return ShownResult(result.is_error, parts, others)


def result_as_sent(encoded: bytes) -> bytes:
    """An encoded `ToolResult` as the JSON that clients get."""
    result = decode_tool_result(encoded)
    return msgspec.json.encode(_AsSent(result.content, result.is_error, result.structured, result.meta or UNSET))


def _part(text: str, language: str = "") -> ResultPart:
    return ResultPart(text[:LONGEST_SHOWN], language, is_cut=len(text) > LONGEST_SHOWN)


def _written(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _says_the_same(text: str, result: ToolResult) -> bool:
    """Tools write their structured content as text, too, for older clients."""
    if result.structured is UNSET or text[:1] not in "{[":
        return False
    try:
        return bool(json.loads(text) == result.structured)
    except (ValueError, RecursionError):
        return False


def _described(block: ContentBlock | Raw) -> str:
    if isinstance(block, Raw):  # as an upstream sent it, with members that are not known here
        return f"Content of the type {str(msgspec.json.decode(block).get('type'))[:80]}"
    if isinstance(block, ImageContent):
        return f"An image, {block.mime_type}, about {len(block.data) * 3 // 4:,} bytes"
    if isinstance(block, AudioContent):
        return f"A sound, {block.mime_type}, about {len(block.data) * 3 // 4:,} bytes"
    if isinstance(block, ResourceLink):
        return f"A link to {block.uri}"
    assert isinstance(block, EmbeddedResource)  # noqa: S101 - the last kind there is
    return f"A resource, {block.resource.uri}"
