"""`x-mcp-header` follows MCP 2026-07-28 server/tools; the official SDK, which clients use, must agree."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.inbound import find_invalid_x_mcp_header
from msgspec import Meta

from mcp_runtime.schema_rules import find_header_mistake
from mcp_runtime.toolkits import Toolkit, ToolkitMistake

KEY = "x-mcp-header"
NAMES = st.sampled_from(["Region", "region", "", "Bad Name", "X\r\nEvil: 1", "tenant-id", "ä", 5])
LEAVES = st.fixed_dictionaries(
    {},
    optional={"type": st.sampled_from(["string", "integer", "boolean", "number", "array", ["string"]]), KEY: NAMES},
)


def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    named = st.dictionaries(st.sampled_from("abc"), inner, max_size=2)
    applicators = {
        "properties": named,
        "items": inner,
        "anyOf": st.lists(inner, min_size=1, max_size=2),
        "$defs": named,
        "if": inner,
        "default": inner,
        "enum": st.lists(inner, min_size=1, max_size=1),
        KEY: NAMES,
        "type": st.sampled_from(["object", "string"]),
    }
    return st.fixed_dictionaries({}, optional=applicators)


@given(st.recursive(LEAVES, around, max_leaves=6).map(lambda inner: {"type": "object", "properties": {"p": inner}}))
def test_the_official_sdk_finds_the_same_schemas_wrong(schema: dict[str, Any]) -> None:
    assert (find_header_mistake(schema) is None) == (find_invalid_x_mcp_header(schema) is None)


def mirrored(name: Any) -> Meta:
    return Meta(extra_json_schema={KEY: name})


def test_a_mirrored_parameter_says_so_in_the_schema() -> None:
    toolkit = Toolkit("sample")

    @toolkit.tool()
    def route(region: Annotated[str, mirrored("Region")]) -> str:
        """Route."""
        return region

    assert toolkit.definitions[0].input_schema["properties"]["region"] == {"type": "string", KEY: "Region"}


@pytest.mark.must("MUST-26.3")
@pytest.mark.parametrize("annotation", [float, list[str], str | None])
def test_only_plain_values_travel_in_headers(annotation: Any) -> None:
    def tool(a: str) -> str:
        """Do."""

    tool.__annotations__["a"] = Annotated[annotation, mirrored("A")]
    with pytest.raises(ToolkitMistake, match="needs a plain string, integer or boolean"):
        Toolkit("sample").tool()(tool)


@pytest.mark.must("MUST-26.2")
def test_a_header_belongs_to_one_parameter() -> None:
    def tool(a: Annotated[str, mirrored("Same")], b: Annotated[str, mirrored("sAME")]) -> str:
        """Do."""

    with pytest.raises(ToolkitMistake, match="a second time"):
        Toolkit("sample").tool()(tool)


NESTED = {"type": "object", "properties": {"p": {"type": "object", "properties": {"q": {"type": "string", KEY: "Q"}}}}}


def test_a_property_of_a_parameter_may_be_mirrored() -> None:
    assert find_header_mistake(NESTED) is None


@pytest.mark.must("MUST-26.1")
@pytest.mark.parametrize("name", ["", "Bad Name", "X\r\nEvil: 1", "Tab\t", "ä", "a:b", 5, None])
def test_what_is_no_header_name_is_told(name: Any) -> None:
    schema = {"type": "object", "properties": {"p": {"type": "string", KEY: name}}}
    assert "must be a header name" in str(find_header_mistake(schema))


@pytest.mark.must("MUST-26.4")
@pytest.mark.parametrize(
    "around",
    [
        {"items": {"type": "string", KEY: "A"}},
        {"anyOf": [{"type": "string", KEY: "A"}]},
        {"if": {"type": "string", KEY: "A"}},
        {"additionalProperties": {"type": "string", KEY: "A"}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "string", KEY: "A"}}},
    ],
)
def test_only_properties_lead_to_what_is_mirrored(around: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"p": around}}
    assert "`properties` alone lead to" in str(find_header_mistake(schema))


@pytest.mark.parametrize("secret", [{"writeOnly": True}, {"format": "password"}])
def test_no_secret_travels_in_a_header(secret: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"p": {"type": "string", KEY: "P", **secret}}}
    assert "would show a secret" in str(find_header_mistake(schema))
