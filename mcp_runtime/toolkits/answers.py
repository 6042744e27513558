"""From what a tool's function returns to the result a client reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import inspect as types

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.toolkits.errors import ToolkitMistake
from mcp_runtime.toolkits.schemas import find_obstacle, schema_of

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Answers:
    """How a tool answers: its output schema, and what makes the result of the value it returns.

    `shape` trusts that the value has the declared type; the caller checks the result against the output schema.
    """

    output_schema: dict[str, Any] | None
    shape: Callable[[Any], ToolResult]


def _shape_text(value: str) -> ToolResult:
    return ToolResult([TextContent(value)], {"result": value})


def _shape_object(value: Any) -> ToolResult:
    text = _encode(value)
    # Decoded again, so that what is checked and sent is what the text says: not a number means null in JSON.
    return ToolResult([TextContent(text.decode())], _decode(text))


def _shape_value(value: Any) -> ToolResult:
    return _shape_object({"result": value})


def _shape_result(value: Any) -> ToolResult:
    if not isinstance(value, ToolResult):
        raise TypeError(f"the tool declares ToolResult and returned {type(value).__name__}")
    return value


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
    if obstacle := find_obstacle(annotation):
        raise ToolkitMistake(
            f"{where}: its return type has no JSON form ({obstacle}); return JSON values, dataclasses, TypedDicts or "
            "msgspec.Structs, or ToolResult alone for full control"
        )
    schema = schema_of(annotation)
    if schema.get("type") == "object":
        return Answers(schema, _shape_object)
    is_text = isinstance(types.type_info(annotation), types.StrType)
    return Answers(_wrapped(schema), _shape_text if is_text else _shape_value)
