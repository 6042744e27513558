"""A tool that cannot work is refused where it is declared, in a sentence that says what to change."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

import pytest
from msgspec import Meta

from mcp_runtime.toolkits import Context, Toolkit, ToolkitMistake


def untyped(a) -> str:
    """Do."""


def unanswered(a: int):
    """Do."""


def undescribed(a: int) -> str:
    return str(a)


def any_number(*a: int) -> str:
    """Do."""


def any_name(**a: int) -> str:
    """Do."""


def positional(a: int, /) -> str:
    """Do."""


def callback(a: Callable[[], None]) -> str:
    """Do."""


def imaginary(a: complex) -> str:
    """Do."""


def returns_imaginary() -> complex:
    """Do."""


def two_contexts(a: Context, b: Context) -> str:
    """Do."""


def not_there(a: "Missing") -> str:  # noqa: F821
    """Do."""


def wrong_default(a: int = None) -> str:  # noqa: RUF013 - what is tested
    """Do."""


def default_too_small(a: Annotated[int, Meta(ge=2)] = 1) -> str:
    """Do."""


def shared_default(a: list[int] = [1]) -> str:  # noqa: B006 - what is tested
    """Do."""


def piecemeal() -> Iterator[str]:
    """Do."""
    yield ""


async def piecemeal_async() -> AsyncIterator[str]:
    """Do."""
    yield ""


def outside_reference(a: Annotated[str, Meta(extra_json_schema={"$ref": "https://example.com/schema"})]) -> str:
    """Do."""


MISTAKES: dict[Callable[..., Any], str] = {
    untyped: "parameter 'a' needs a type",
    unanswered: "say what it returns",
    undescribed: "write a docstring",
    any_number: "cannot be named in JSON",
    any_name: "cannot be named in JSON",
    positional: "cannot be named in JSON",
    callback: "type of 'a' has no JSON form",
    imaginary: "type of 'a' has no JSON form",
    returns_imaginary: "return type has no JSON form",
    two_contexts: "one parameter is the Context, not 2",
    not_there: "'Missing' is not defined",
    wrong_default: "default of 'a' does not fit its type",
    default_too_small: "default of 'a' does not fit its type",
    shared_default: "default of 'a' does not fit its type",
    piecemeal: "a tool returns once",
    piecemeal_async: "a tool returns once",
    outside_reference: "leads out of the schema",
}


@pytest.mark.must("MUST-25.3")
@pytest.mark.parametrize(("function", "sentence"), MISTAKES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_the_mistake_is_named(function: Callable[..., Any], sentence: str) -> None:
    toolkit = Toolkit("sample")
    with pytest.raises(ToolkitMistake, match=sentence) as mistake:
        toolkit.tool("broken")(function)
    assert "tool 'broken' of toolkit 'sample'" in str(mistake.value)
    assert toolkit.definitions == []


@pytest.mark.parametrize("name", ["", "a b", "ä", "a/b", "x" * 65, "a\n"])
def test_names_keep_to_what_every_client_accepts(name: str) -> None:
    with pytest.raises(ToolkitMistake, match="1 to 64"):
        Toolkit(name)
    if name:
        with pytest.raises(ToolkitMistake, match="1 to 64"):
            Toolkit("sample").tool(name)(positional)


def test_a_name_is_given_once() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool("twice")
    def first() -> str:
        """Do."""

    with pytest.raises(ToolkitMistake, match="already"):
        toolkit.tool("twice")(first)


def test_a_name_of_the_runtimes_own_is_not_given() -> None:
    with pytest.raises(ToolkitMistake, match="runtime's own"):

        @Toolkit("sample").tool()
        def get_job_result() -> str:
            """Do."""


@pytest.mark.parametrize("options", [{"timeout_seconds": 0}, {"concurrency": 0}])
def test_limits_are_positive(options: dict[str, Any]) -> None:
    with pytest.raises(ToolkitMistake, match="positive"):
        Toolkit("sample").tool(**options)(positional)


@pytest.mark.must("MUST-25.4")
@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ({"type": "object", "properties": {}}, "must be the parameters"),
        ({"type": "array", "properties": {"a": {}}}, "object"),
        ({"type": "object", "properties": {"a": {"type": "strin"}}}, "no valid JSON Schema"),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/gone"}}}, "no valid JSON Schema"),
        ({"type": "object", "properties": {"a": {"pattern": "("}}}, "no valid JSON Schema"),
    ],
)
def test_a_written_schema_must_be_one(written: dict[str, Any], sentence: str) -> None:
    def tool(a: str) -> str:
        """Do."""

    with pytest.raises(ToolkitMistake, match=sentence):
        Toolkit("sample").tool(input_schema=written)(tool)
