"""What another version of a document changes of the tools that were made of the one before."""

import difflib
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from mcp_runtime.contract.http_tools import HttpToolDefinition

DESCRIPTION, ARGUMENTS, REQUEST, CREDENTIALS = "description", "arguments", "request", "credentials"
PARTS: Final = (DESCRIPTION, ARGUMENTS, REQUEST, CREDENTIALS)
"""What can differ."""

_OF_ITS_TENANT: Final = ("select", "pagination", "retries", "idempotency_header", "largest_answer")
"""Parts of a request that no document says: whoever has the tool does."""
_LONGEST_COMPARED: Final = 1_500
"""In lines, of each side. Comparing takes time by the product of both."""


def differences(before: HttpToolDefinition, after: HttpToolDefinition) -> tuple[str, ...]:
    """Which PARTS of what a document says differ."""
    first, second = _said(before), _said(after)
    return tuple(part for part in PARTS if first[part] != second[part])


def renewed(kept: HttpToolDefinition, after: HttpToolDefinition) -> HttpToolDefinition:
    """The tool as the document now says, with what its tenant said of it beside: name, how answers are read, how often
    a request is repeated, what the tool promises."""
    request = {field: getattr(kept.request, field) for field in _OF_ITS_TENANT}
    return msgspec.structs.replace(
        after,
        name=kept.name,
        output_schema=kept.output_schema,
        annotations=kept.annotations,
        request=msgspec.structs.replace(after.request, **request),
    )


def compared(before: HttpToolDefinition, after: HttpToolDefinition) -> list[str]:
    """Both as lines, of which those that differ begin with - or +, with three lines around them."""
    first, second = _lines(before), _lines(after)
    if max(len(first), len(second)) > _LONGEST_COMPARED:
        return ["It is too long to be compared line by line."]
    return [
        line for line in difflib.unified_diff(first, second, lineterm="", n=3) if not line.startswith(("---", "+++"))
    ]


def _said(definition: HttpToolDefinition) -> dict[str, Any]:
    request = definition.request
    return {
        DESCRIPTION: (definition.title, definition.description),
        ARGUMENTS: definition.input_schema,
        REQUEST: (request.method, request.url, request.parameters, request.body, request.content_type),
        CREDENTIALS: request.constants,
    }


def _lines(definition: HttpToolDefinition) -> list[str]:
    return list(_pretty(_said(definition)))


def _pretty(said: dict[str, Any]) -> Iterator[str]:
    for part, value in said.items():
        yield f"{part}:"
        text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
        yield from (f"  {line}" for line in text.splitlines())
