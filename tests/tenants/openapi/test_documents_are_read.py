"""JSON and YAML become one and the same document; what can't be read says what to do."""

from contextlib import suppress

import msgspec
import pytest
import yaml

from tenants.openapi.document import LARGEST_YAML, read_document
from tenants.openapi.errors import DocumentRefused, OperationRefused
from tenants.openapi.operations import OpenApiImport
from tenants.openapi.references import followed, pointed_at
from tests.tenants.openapi.shop import SHOP

HEAD = "openapi: 3.1.0\ninfo: {title: t, version: 1}\n"


def test_yaml_and_json_are_the_same() -> None:
    assert read_document(yaml.safe_dump(SHOP).encode()) == read_document(msgspec.json.encode(SHOP)) == SHOP


def test_yaml_has_no_types_that_json_lacks() -> None:
    document = read_document(f"{HEAD}x: 2020-01-01\npaths: {{}}\nresponses: {{200: a, true: b}}\n".encode())
    assert document["x"] == "2020-01-01"
    assert document["responses"] == {"200": "a", "true": "b"}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"openapi": "3.0.0", ', "no valid JSON"),
        (b"[1, 2]", "is an object"),
        (b'{"swagger": "2.0"}', "Swagger 2.0"),
        (b"{}", "has no `openapi`"),
        (b'{"openapi": "4.0"}', "'4.0'"),
        (b'{"openapi": "3.0.0", "paths": []}', "must be an object"),
        (b"a: b: c", "neither JSON nor YAML"),
        (b"\xff\xfe\x00", "neither JSON nor YAML"),
        (f"{HEAD}a: &a [1]\nb: *a\n".encode(), "Aliases"),
        (f"{HEAD}a: &a [*a]\n".encode(), "Aliases"),
        (f"{HEAD}a: !!python/object/apply:os.system [id]\n".encode(), "neither JSON nor YAML"),
        (f"{HEAD}a: !!set {{x}}\n".encode(), "set"),
        (f"{HEAD}a: {'[' * 500}{']' * 500}\n".encode(), "nested too deeply"),
        (b"a: " + b"x" * (LARGEST_YAML + 1), "8 MiB"),
        (b'{"a": ' + b"[" * 20_000, "valid JSON|nested too deeply"),
    ],
)
def test_what_can_t_be_read_says_why(body: bytes, words: str) -> None:
    with pytest.raises(DocumentRefused, match=words):
        read_document(body)


@pytest.mark.parametrize(
    "reference", ["other.json#/a", "https://evil.example/a.json", "file:///etc/passwd", "#/missing", "#/a/x", None, 7]
)
def test_a_reference_leads_nowhere_but_into_the_document(reference: object) -> None:
    with pytest.raises(OperationRefused):
        pointed_at({"a": 1}, reference)


def test_references_are_followed_and_never_in_a_circle() -> None:
    document = {"a/b": {"~": [{"x": 1}]}, "loop": {"$ref": "#/loop"}, "first": {"$ref": "#/a~1b/~0/0"}}
    assert followed(document, {"$ref": "#/first"}) == {"x": 1}
    with pytest.raises(OperationRefused, match="circle"):
        followed(document, {"$ref": "#/loop"})


@pytest.mark.parametrize(
    "paths",
    [
        {"/a": None},
        {"/a": {"get": None}},
        {"/a": {"get": {"parameters": "x", "tags": 1, "security": "x", "summary": 2}}},
        {"/a/{b}": {"get": {}}},
        {"/a": {"get": {"parameters": [None]}}},
        {"/a": {"post": {"requestBody": []}}},
        {"/a": {"post": {"requestBody": {"content": {"application/json": None}}}}},
        {"/a": {"$ref": "#/nowhere"}},
        {"a b#c": {"get": {}}},
        {7: {"get": {"servers": [{"url": 1}, None]}}},
    ],
)
def test_what_is_malformed_refuses_its_operation_alone(paths: dict[str, object]) -> None:
    document = {"openapi": "3.1.0", "servers": [{"url": "https://a.example"}], "paths": {**paths, "/ok": {"get": {}}}}
    found = OpenApiImport(read_document(msgspec.json.encode(document)))
    assert found.tool("GET /ok").definition.name == "get_ok"
    for outline in found.outlines():
        with suppress(OperationRefused):
            found.tool(outline.key)
