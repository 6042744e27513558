"""From what a tool's function returns to the result a client reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect as types

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.toolkits.errors import ToolkitMistake
from mcp_runtime.toolkits.schemas import is_expressible, schema_of

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Answers:
    """How a tool answers: its output schema, and the function that makes the result. `shape` raises TypeError where
    the tool returned something else than it declares, for a result that breaks its schema must not leave."""

    output_schema: dict[str, Any] | None
    shape: Callable[[Any], ToolResult]


def _shape_text(value: Any) -> ToolResult:
    if not isinstance(value, str):
        raise TypeError(f"the tool declares str and returned {type(value).__name__}")
    return ToolResult([TextContent(value)], {"result": value})


def _shape_result(value: Any) -> ToolResult:
    if not isinstance(value, ToolResult):
        raise TypeError(f"the tool declares ToolResult and returned {type(value).__name__}")
    return value


def _json_of(decoder: msgspec.json.Decoder[Any], value: Any) -> bytes:
    encoded = _encode(value)
    try:
        decoder.decode(encoded)
    except msgspec.ValidationError as error:
        raise TypeError(f"the tool returned something else than it declares: {error}") from error
    return encoded


def _shape_object(annotation: Any) -> Callable[[Any], ToolResult]:
    decoder = msgspec.json.Decoder(annotation)

    def shape(value: Any) -> ToolResult:
        return ToolResult([TextContent(_json_of(decoder, value).decode())], value)

    return shape


def _shape_value(annotation: Any) -> Callable[[Any], ToolResult]:
    decoder = msgspec.json.Decoder(annotation)

    def shape(value: Any) -> ToolResult:
        text = b'{"result":%b}' % _json_of(decoder, value)
        return ToolResult([TextContent(text.decode())], {"result": value})

    return shape


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    """Revisions before 2026-07-28 want an object, so every other value becomes the `result` of one."""
    definitions = schema.pop("$defs", None)
    wrapper = {"type": "object", "properties": {"result": schema}, "required": ["result"]}
    return {**wrapper, "$defs": definitions} if definitions else wrapper


def read_answers(hints: dict[str, Any], where: str) -> Answers:
    """Read the return annotation. Raises ToolkitMistake, starting with `where`, where it is missing or not JSON."""
    if "return" not in hints:
        raise ToolkitMistake(f"{where}: say what it returns (`-> str`, a Struct, ToolResult …)")
    annotation = hints["return"]
    if annotation is ToolResult:
        return Answers(None, _shape_result)
    if not is_expressible(annotation):
        raise ToolkitMistake(
            f"{where}: its return type {annotation} has no JSON form; return JSON values, dataclasses, TypedDicts or "
            "msgspec.Structs, or ToolResult alone for full control"
        )
    schema = schema_of(annotation)
    if schema.get("type") == "object":
        return Answers(schema, _shape_object(annotation))
    is_text = isinstance(types.type_info(annotation), types.StrType)
    return Answers(_wrapped(schema), _shape_text if is_text else _shape_value(annotation))
