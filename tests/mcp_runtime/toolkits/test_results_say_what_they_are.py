"""Structured results, their text, errors, and full control."""

from dataclasses import dataclass
from typing import Any, TypedDict

import msgspec
import pytest
from msgspec import Struct

from mcp_runtime.toolkits import (
    EmbeddedResource,
    ImageContent,
    ResourceContents,
    ResourceLink,
    TextContent,
    ToolError,
    Toolkit,
    ToolResult,
)
from mcp_runtime.toolkits.testing import Called, SchemaMismatch, call


class Typed(TypedDict):
    n: int


@dataclass
class Data:
    n: int


class Structure(Struct):
    n: int


def returning(kind: Any, value: Any) -> tuple[Toolkit, Called]:
    def tool() -> Any:
        """Return."""
        return value

    tool.__annotations__["return"] = kind
    toolkit = Toolkit("sample")
    toolkit.tool()(tool)
    return toolkit, call(toolkit, "tool")


@pytest.mark.parametrize(
    ("kind", "value"), [(Typed, {"n": 1}), (Data, Data(1)), (Structure, Structure(1)), (dict[str, int], {"n": 1})]
)
def test_objects_stay_as_they_are(kind: Any, value: Any) -> None:
    _, called = returning(kind, value)
    assert called.structured == {"n": 1}
    assert called.text == '{"n":1}'


@pytest.mark.parametrize(("kind", "value"), [(int, 3), (list[int], [1, 2]), (None, None), (bool | str, True)])
def test_other_values_become_the_result_of_an_object(kind: Any, value: Any) -> None:
    toolkit, called = returning(kind, value)
    assert called.structured == {"result": value}
    assert msgspec.json.decode(called.text) == called.structured
    assert toolkit.definitions[0].output_schema["required"] == ["result"]


def test_a_text_is_shown_without_json_around_it() -> None:
    _, called = returning(str, 'plain "text"')
    assert called.text == 'plain "text"'
    assert called.structured == {"result": 'plain "text"'}


def test_full_control_has_no_output_schema() -> None:
    result = ToolResult([TextContent("a")], is_error=True)
    toolkit, called = returning(ToolResult, result)
    assert called.result is result
    assert toolkit.definitions[0].output_schema is None


def test_returning_something_else_than_declared_shows() -> None:
    with pytest.raises(SchemaMismatch, match="result of 'tool'"):
        returning(dict[str, int], {"n": "one"})
    with pytest.raises(SchemaMismatch, match="result of 'tool'"):
        returning(dict[str, float], {"n": float("nan")})
    with pytest.raises(TypeError, match="declares ToolResult and returned str"):
        returning(ToolResult, "text")


def test_a_tool_s_own_error_is_a_result() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    async def fail() -> int:
        """Fail."""
        raise ToolError("There is no such city; use its English name.", type="unknown_city")

    called = call(toolkit, "fail")
    assert called.result.is_error
    assert called.text == "There is no such city; use its English name."
    assert called.error_type == "unknown_city"
    assert called.structured is None


def test_any_other_exception_is_a_crash() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    async def crash() -> int:
        """Crash."""
        return 1 // 0

    with pytest.raises(ZeroDivisionError):
        call(toolkit, "crash")


def test_content_blocks_carry_the_specification_s_names() -> None:
    blocks = [
        ImageContent("aGk=", "image/png"),
        ResourceLink(uri="file:///a", name="a", mime_type="text/plain"),
        EmbeddedResource(ResourceContents(uri="file:///b", text="b")),
    ]
    assert msgspec.to_builtins(blocks) == [
        {"type": "image", "data": "aGk=", "mimeType": "image/png"},
        {"type": "resource_link", "uri": "file:///a", "name": "a", "mimeType": "text/plain"},
        {"type": "resource", "resource": {"uri": "file:///b", "text": "b"}},
    ]
