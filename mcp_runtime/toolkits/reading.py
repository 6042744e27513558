"""The contents of a resource, from what its function returns (MCP server/resources, Resource Contents)."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.toolkits.content_rules import UnusableContent, check_contents, is_mime_type
from mcp_runtime.toolkits.errors import ToolkitMistake
from mcp_runtime.toolkits.schemas import find_obstacle

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Reading:
    """How a resource is read: its MIME type, and what makes contents for a URI of the value that is returned."""

    mime_type: str | None
    shape: Callable[[Any, str], list[ResourceContents]]


def read_reading(hints: dict[str, Any], mime_type: str | None, where: str) -> Reading:
    """Read the return annotation. Raises ToolkitMistake, starting with `where`, where nothing can be made of it."""
    if mime_type is not None and not is_mime_type(mime_type):
        raise ToolkitMistake(f"{where}: {mime_type!r} is no MIME type such as text/plain")
    annotation = hints.get("return", UNSET)
    if annotation in (ResourceContents, list[ResourceContents]):
        return Reading(mime_type, _shape_contents)
    if annotation is str:
        return _typed(mime_type or "text/plain", lambda value: {"text": _expect(value, str)})
    if annotation is bytes:
        kind = mime_type or "application/octet-stream"
        return _typed(kind, lambda value: {"blob": b64encode(_expect(value, bytes)).decode()})
    if annotation is UNSET or (obstacle := find_obstacle(annotation)):
        why = "" if annotation is UNSET else f" ({obstacle})"
        raise ToolkitMistake(
            f"{where}: say what it returns{why}: str, bytes, what has a JSON form, or ResourceContents and lists of it"
        )
    return _typed(mime_type or "application/json", lambda value: {"text": _encode(value).decode()})


def _typed(mime_type: str, made: Callable[[Any], dict[str, str]]) -> Reading:
    def shape(value: Any, uri: str) -> list[ResourceContents]:
        return [ResourceContents(uri=uri, mime_type=mime_type, **made(value))]

    return Reading(mime_type, shape)


def _expect(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise UnusableContent(f"the resource declares {kind.__name__} and returned {type(value).__name__}")
    return value


def _shape_contents(value: Any, uri: str) -> list[ResourceContents]:
    contents = value if isinstance(value, list) else [value]
    # An empty list could mean that there is nothing, or that there is no such thing: the specification forbids it.
    if not contents:
        raise UnusableContent("a resource has at least one content; raise ResourceNotFound where there is none")
    for each in contents:
        if not isinstance(each, ResourceContents):
            raise UnusableContent(f"{type(each).__name__} is no ResourceContents")
        check_contents(each)
    return contents
