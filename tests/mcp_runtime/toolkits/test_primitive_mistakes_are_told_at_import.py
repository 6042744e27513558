"""A resource, template or prompt that cannot work is refused where it is declared, in a sentence that says why."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mcp_runtime.toolkits import ContentAnnotations, Context, PromptMessage, Toolkit, ToolkitMistake


def fine() -> str:
    """Do."""
    return ""


def with_id(id: str) -> str:
    """Do."""
    return id


def undescribed() -> str:
    return ""


def unanswered():
    """Do."""


def streaming() -> Iterator[str]:
    """Do."""
    yield ""


def returns_nothing_readable() -> Callable[[], None]:
    """Do."""
    raise NotImplementedError


def number(id: int) -> str:
    """Do."""
    return str(id)


def returns_number(id: str) -> int:
    """Do."""
    return len(id)


def messages() -> list[PromptMessage]:
    """Do."""
    return []


def suggests_nothing(context: Context) -> list[str]:
    """Do."""
    return []


def suggests_numbers(typed: str) -> list[int]:
    """Do."""
    return []


def suggests_two(typed: str, other: str) -> list[str]:
    """Do."""
    return []


RESOURCES: list[tuple[str, Callable[..., Any], dict[str, Any], str]] = [
    ("no uri", fine, {}, "absolute URI"),
    ("/relative", fine, {}, "absolute URI"),
    ("notes://a b", fine, {}, "absolute URI"),
    ("task://mine", fine, {}, "belongs to the runtime"),
    ("TASK://mine", fine, {}, "belongs to the runtime"),
    ("notes://taken", fine, {}, "already"),
    ("notes://x", with_id, {}, "declare a template"),
    ("notes://x", undescribed, {}, "docstring"),
    ("notes://x", unanswered, {}, "say what it returns"),
    ("notes://x", streaming, {}, "returns once"),
    ("notes://x", returns_nothing_readable, {}, "say what it returns"),
    ("notes://x", fine, {"mime_type": "text"}, "MIME type"),
    ("notes://x", fine, {"size": -1}, "number of bytes"),
    ("notes://x", fine, {"annotations": ContentAnnotations(audience=["robot"])}, "user, assistant"),
    ("notes://x", fine, {"annotations": ContentAnnotations(priority=2)}, "from 0 to 1"),
]

TEMPLATES: list[tuple[str, Callable[..., Any], dict[str, Any], str]] = [
    ("notes://fixed", with_id, {}, "no variable"),
    ("notes://{id}/{x", with_id, {}, "no URI around"),
    ("notes://{+id}", with_id, {}, "without operators"),
    ("notes://x{?id}", with_id, {}, "without operators"),
    ("notes://{id*}", with_id, {}, "without operators"),
    ("notes://{}", with_id, {}, "without operators"),
    ("notes://{id}/{id}", with_id, {}, "twice"),
    ("notes://{id}-{other}", with_id, {}, "between two variables"),
    ("notes://{id}{other}", with_id, {}, "between two variables"),
    ("{id}://x", with_id, {}, "scheme"),
    ("task://{id}", with_id, {}, "belongs to the runtime"),
    ("notes://taken/{id}", with_id, {}, "already"),
    ("notes://{other}", with_id, {}, "variables of the template"),
    ("notes://{id}", fine, {}, "variables of the template"),
    ("notes://{id}", number, {}, "string to clients"),
    ("notes://{id}", with_id, {"complete": {"other": ["a"]}}, "not one of its arguments"),
    ("notes://{id}", with_id, {"complete": {"id": "abc"}}, "list of strings"),
    ("notes://{id}", with_id, {"complete": {"id": [1]}}, "list of strings"),
    ("notes://{id}", with_id, {"complete": {"id": suggests_nothing}}, "what was typed"),
    ("notes://{id}", with_id, {"complete": {"id": suggests_numbers}}, "return list[str]"),
    ("notes://{id}", with_id, {"complete": {"id": suggests_two}}, "each once"),
]

PROMPTS: list[tuple[str, Callable[..., Any], dict[str, Any], str]] = [
    ("no name", fine, {}, "1 to 64"),
    ("taken", fine, {}, "already"),
    ("x", undescribed, {}, "docstring"),
    ("x", unanswered, {}, "say what it returns"),
    ("x", returns_number, {}, "say what it returns"),
    ("x", number, {}, "string to clients"),
    ("x", streaming, {}, "returns once"),
    ("x", with_id, {"complete": {"other": ["a"]}}, "not one of its arguments"),
]


@pytest.fixture
def toolkit() -> Toolkit:
    toolkit = Toolkit("notes")
    toolkit.resource("notes://taken")(fine)
    toolkit.template("notes://taken/{id}")(with_id)
    toolkit.prompt("taken")(fine)
    return toolkit


@pytest.mark.parametrize(("uri", "function", "options", "why"), RESOURCES)
def test_a_resource(toolkit: Toolkit, uri: str, function: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(ToolkitMistake, match=why):
        toolkit.resource(uri, **options)(function)


@pytest.mark.parametrize(("uri", "function", "options", "why"), TEMPLATES)
def test_a_template(toolkit: Toolkit, uri: str, function: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(ToolkitMistake, match=why.replace("[", r"\[")):
        toolkit.template(uri, **options)(function)


@pytest.mark.parametrize(("name", "function", "options", "why"), PROMPTS)
def test_a_prompt(toolkit: Toolkit, name: str, function: Any, options: dict[str, Any], why: str) -> None:
    with pytest.raises(ToolkitMistake, match=why):
        toolkit.prompt(name, **options)(function)


def test_what_is_refused_is_not_offered(toolkit: Toolkit) -> None:
    with pytest.raises(ToolkitMistake):
        toolkit.resource("notes://x")(undescribed)
    assert [resource.uri for resource in toolkit.resources] == ["notes://taken"]


def test_a_prompt_may_have_messages_and_nothing_else_to_say(toolkit: Toolkit) -> None:
    toolkit.prompt()(messages)
    assert [prompt.name for prompt in toolkit.prompts] == ["taken", "messages"]
