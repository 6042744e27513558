"""What a document makes large, deep or wide is bounded for each operation: nobody waits for another one's document."""

from typing import Any

import msgspec
import pytest

from tenants.openapi import document as reading
from tenants.openapi.document import read_document
from tenants.openapi.errors import DocumentRefused, OperationRefused
from tenants.openapi.operations import LONGEST_SUMMARY, OpenApiImport
from tenants.openapi.schemas import LARGEST_SCHEMA, MOST_PARTS
from tenants.openapi.searching import MOST_TAGS, tags_counted

GIANT = {"type": "object", "description": "Giant.", "properties": {f"p{n}": {"type": "string"} for n in range(30_000)}}


def documented(schema: Any, **schemas: Any) -> OpenApiImport:
    body = {"content": {"application/json": {"schema": schema}}}
    paths = {f"/{number}": {"post": {"requestBody": body}} for number in range(20)}
    servers = [{"url": "https://a.example"}]
    return OpenApiImport({"openapi": "3.1.0", "servers": servers, "paths": paths, "components": {"schemas": schemas}})


def to(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_a_giant_that_is_referred_to_is_left_open() -> None:
    found = documented({"type": "array", "items": to("giant")}, giant=GIANT)
    for outline in found.outlines():
        schema = found.tool(outline.key).definition.input_schema
        assert len(msgspec.json.encode(schema)) <= LARGEST_SCHEMA
        assert "Giant." in str(schema)


@pytest.mark.parametrize(
    "schema",
    [
        GIANT,
        {"allOf": [GIANT, {"properties": {"x": {}}}]},
        {"type": "object", "properties": {f"p{n}": {} for n in range(201)}},
        {"type": "array", "items": {"enum": list(range(MOST_PARTS))}},
        {"type": "array", "items": GIANT},
    ],
)
def test_an_operation_that_takes_too_much_is_refused(schema: Any) -> None:
    found = documented(schema)
    for outline in found.outlines():
        with pytest.raises(OperationRefused, match=r"more than 200 parameters|more than 32 KiB"):
            found.tool(outline.key)


def test_a_long_chain_and_a_wide_fan_are_followed_as_far_as_they_fit() -> None:
    chain = {f"s{n}": {"type": "array", "items": to(f"s{n + 1}")} for n in range(5_000)}
    fan = {"fan": {"anyOf": [to(f"s{n}") for n in range(5_000)]}}
    found = documented({"type": "array", "items": to("s0"), "contains": to("fan")}, s5000={}, **chain, **fan)
    for outline in found.outlines():
        assert len(msgspec.json.encode(found.tool(outline.key).definition.input_schema)) <= LARGEST_SCHEMA


def test_schemas_of_one_name_are_told_apart_however_many() -> None:
    schemas = {str(number): {"x": {"const": number}} for number in range(3_000)}
    some = [{"$ref": f"#/components/schemas/{number}/x"} for number in (0, 1, 2)]
    found = documented({"type": "array", "items": {"anyOf": some}}, **schemas)
    definitions = found.tool("POST /0").definition.input_schema["$defs"]
    assert {name: each["const"] for name, each in definitions.items()} == {"x": 0, "x_2": 1, "x_3": 2}


def test_what_a_list_shows_is_bounded() -> None:
    said = {"summary": "s\n" * 10_000, "tags": [f"{n}" * 200 for n in range(1_000)]}
    found = OpenApiImport({"paths": {f"/{n}": {"get": {**said, "operationId": "same"}} for n in range(2_000)}})
    outlines = found.outlines()
    assert len(outlines[0].summary) <= LONGEST_SUMMARY
    assert max(len(tag) for tag in outlines[0].tags) <= 100
    assert len({each.name for each in outlines}) == len(outlines)
    many = OpenApiImport({"paths": {f"/{n}": {"get": {"tags": [str(n)]}} for n in range(MOST_TAGS + 1)}})
    assert len(tags_counted(many.outlines())) == MOST_TAGS


def test_a_document_of_too_many_values_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_VALUES", 10)
    for body in (
        b'{"openapi": "3.1.0", "x": [1,1,1,1,1,1,1,1,1,1]}',
        b'{"openapi": "3.1.0", "x": [[[[[[[[[[[]]]]]]]]]]]}',
    ):
        with pytest.raises(DocumentRefused, match="more than 10 values"):
            read_document(body)
