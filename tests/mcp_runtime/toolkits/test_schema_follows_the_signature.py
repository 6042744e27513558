"""What a tool accepts is what its Python signature says, in JSON Schema 2020-12."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from mcp_runtime.toolkits import Context, Toolkit
from mcp_runtime.toolkits.testing import SchemaMismatch, call


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Point(Struct):
    x: int
    y: Annotated[int, Meta(ge=0)] = 3


class Tree(Struct):
    name: str
    children: list["Tree"] = []


def declared(function: Callable[..., Any]) -> dict[str, Any]:
    toolkit = Toolkit("sample")
    toolkit.tool("tool")(function)
    return toolkit.definitions[0].input_schema


def test_names_types_defaults_and_limits_become_the_schema() -> None:
    def draw(
        where: Point,
        label: Annotated[str, Meta(description="Beside it.", max_length=9)],
        colour: Colour = Colour.RED,
        context: Context | None = None,
    ) -> str:
        """Draw."""

    draw.__annotations__["context"] = Context
    schema = declared(draw)
    assert schema["properties"]["label"] == {"type": "string", "maxLength": 9, "description": "Beside it."}
    assert schema["properties"]["where"] == {"$ref": "#/$defs/Point"}
    assert schema["properties"]["colour"]["default"] == "red"
    assert schema["required"] == ["where", "label"]
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Point"]["properties"]["y"] == {"type": "integer", "minimum": 0, "default": 3}


def test_the_context_is_never_part_of_the_schema() -> None:
    def say(words: str, somehow: Context) -> str:
        """Say."""

    assert list(declared(say)["properties"]) == ["words"]


def test_a_type_may_contain_itself() -> None:
    def grow(tree: Tree) -> Tree:
        """Grow."""
        return tree

    toolkit = Toolkit("sample")
    toolkit.tool()(grow)
    argument = {"tree": {"name": "root", "children": [{"name": "leaf", "children": []}]}}
    assert call(toolkit, "grow", argument).structured == argument["tree"]
    assert toolkit.definitions[0].output_schema["properties"]["name"] == {"type": "string"}


def test_the_function_gets_python_values() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    def look(when: datetime, where: Point, colour: Colour, counts: dict[int, float], whole: int) -> list[bool]:
        """Look at what came."""
        assert {type(key) for key in counts} == {int}
        assert {type(value) for value in counts.values()} == {float}
        return [isinstance(when, datetime), isinstance(where, Point), colour is Colour.BLUE, type(whole) is int]

    arguments = {
        "when": "2026-11-21T09:30:00Z",
        "where": {"x": 2.0},
        "colour": "blue",
        "counts": {"1": 2},
        "whole": 5.0,
    }
    assert call(toolkit, "look", arguments).structured == {"result": [True, True, True, True]}


def test_what_only_python_can_refuse_is_told_to_the_model() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    async def remind(when: datetime) -> str:
        """Remind."""
        return when.isoformat()

    called = call(toolkit, "remind", {"when": "tomorrow"})
    assert called.result.is_error
    assert called.error_type == "invalid_arguments"
    assert "when" in called.text


def test_defaults_are_python_s_own_and_never_shared() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    def collect(item: int, into: list[int] = []) -> list[int]:  # noqa: B006 - what is tested
        """Collect."""
        into.append(item)
        return into

    assert call(toolkit, "collect", {"item": 1}).structured == {"result": [1]}
    assert call(toolkit, "collect", {"item": 2}).structured == {"result": [2]}


def test_a_written_schema_stands_as_it_is() -> None:
    toolkit = Toolkit("sample")
    written = {"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [{"required": ["a"]}]}

    @toolkit.tool(input_schema=written)
    async def choose(a: str | None = None) -> str:
        """Choose."""
        return str(a)

    assert toolkit.definitions[0].input_schema == written
    with pytest.raises(SchemaMismatch):
        call(toolkit, "choose", {})


PLAIN = {
    str: st.text(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    None: st.none(),
    Literal["a", "b"]: st.sampled_from(["a", "b"]),
}
TYPES = st.recursive(
    st.sampled_from(list(PLAIN)),
    lambda inner: st.one_of(inner.map(lambda kind: list[kind]), inner.map(lambda kind: dict[str, kind])),
    max_leaves=3,
)


def values(kind: Any) -> st.SearchStrategy[Any]:
    if kind in PLAIN:
        return PLAIN[kind]
    inner = values(kind.__args__[-1])
    return st.lists(inner, max_size=3) if kind.__origin__ is list else st.dictionaries(st.text(), inner, max_size=3)


@given(st.data())
def test_what_the_schema_accepts_arrives_and_returns_unchanged(data: st.DataObject) -> None:
    kind = data.draw(TYPES)
    value = data.draw(values(kind))

    async def same(value: Any) -> Any:
        """Return the value."""
        return value

    same.__annotations__.update(value=kind, **{"return": kind})
    toolkit = Toolkit("sample")
    toolkit.tool()(same)
    jsonschema.Draft202012Validator.check_schema(toolkit.definitions[0].input_schema)
    jsonschema.Draft202012Validator.check_schema(toolkit.definitions[0].output_schema)
    returned = call(toolkit, "same", {"value": value}).structured
    assert (returned if isinstance(value, dict) else returned["result"]) == value


def test_async_and_blocking_tools_look_the_same() -> None:
    def blocking(a: int) -> str:
        """Do it."""

    async def waiting(a: int) -> str:
        """Do it."""

    either: list[Callable[..., str | Awaitable[str]]] = [blocking, waiting]
    assert declared(either[0]) == declared(either[1])
