"""What an upstream may list and nobody can approve: it is kept with the reason, and the rest is served."""

from typing import Any

import pytest

from tenants.errors import InvalidValueError
from tenants.models.upstream import DefinitionState
from tests.fixtures.cast import Cast
from tests.fixtures.upstreams import approve, connected, definitions, offers, tool

HEADER = {"type": "object", "properties": {"key": {"type": "number", "x-mcp-header": "Key"}}}


def deep(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        (tool("create issue"), "letters, digits"),
        (tool("créer"), "letters, digits"),
        (tool("a" * 129), "letters, digits"),
        (tool(inputSchema=HEADER), "x-mcp-header"),
        (tool(inputSchema={"type": "nothing"}), "inputSchema"),
        (tool(inputSchema={"type": "no\x00thing"}), "0000thing"),
        (tool(description="half \ud800"), "no text"),
        (tool(inputSchema={"type": "string"}), "object"),
        (tool(inputSchema=None), "no JSON Schema"),
        (tool(inputSchema={"type": "object", "$ref": "https://evil.example/s.json"}), "leads out"),
        (tool(inputSchema={"type": "object", "$schema": "https://evil.example/dialect"}), "dialect"),
        (tool(outputSchema={"type": 7}), "outputSchema"),
        (tool(inputSchema=deep(100)), "deep"),
        (tool(description=["not", "text"]), "description"),
        (tool(description="x" * 300_000), "characters"),
        (tool(annotations=[1]), "annotations"),
        (tool(inputSchema={"type": "object", "maximum": float("nan")}), "no word for"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_reason(cast: Cast, definition: Any, reason: str) -> None:
    upstream = connected(cast.ada)
    offers(cast.ada, upstream, tools=[definition, tool("fine")])
    rows = definitions(cast.ada, upstream)
    row = rows[definition["name"]]
    assert row.state == DefinitionState.REFUSED
    assert reason in row.problem
    with pytest.raises(InvalidValueError, match="can't be served"):
        approve(cast.ada, upstream, row.key)
    assert [each.key for each in approve(cast.ada, upstream)] == ["fine"]


def test_two_of_one_name_are_both_refused(cast: Cast) -> None:
    upstream = connected(cast.ada)
    offers(cast.ada, upstream, tools=[tool(), tool(title="The other")])
    [row] = definitions(cast.ada, upstream).values()
    assert (row.state, row.problem) == (DefinitionState.REFUSED, "The upstream lists this more than once.")


@pytest.mark.parametrize(
    "nameless", [{}, {"name": 7}, {"name": ""}, {"name": "a\x00b"}, {"name": "x" * 501}, "text", None]
)
def test_what_has_no_name_to_keep_it_by_is_left_out(cast: Cast, nameless: Any) -> None:
    upstream = connected(cast.ada)
    assert offers(cast.ada, upstream, tools=[nameless, tool()]) == 1
    assert list(definitions(cast.ada, upstream)) == ["create_issue"]


def test_characters_that_no_database_keeps_are_kept_and_pinned(cast: Cast) -> None:
    upstream = connected(cast.ada)
    offers(cast.ada, upstream, tools=[tool(description="a\x00b\u202e")])
    [row] = definitions(cast.ada, upstream).values()
    assert row.offered_definition["description"] == "a\x00b\u202e"


@pytest.mark.parametrize(
    ("kind", "definition", "reason"),
    [
        ("resources", {"uri": "no uri", "name": "x"}, "URI"),
        ("templates", {"uriTemplate": "file:///{+path}", "name": "x"}, "template"),
        ("prompts", {"name": "sum mary"}, "prompt's name"),
        ("prompts", {"name": "summary", "arguments": [{"title": "nameless"}]}, "arguments"),
    ],
)
def test_resources_and_prompts_are_judged_too(cast: Cast, kind: str, definition: Any, reason: str) -> None:
    upstream = connected(cast.ada)
    offers(cast.ada, upstream, **{kind: [definition]})
    [row] = definitions(cast.ada, upstream).values()
    assert row.state == DefinitionState.REFUSED
    assert reason in row.problem
