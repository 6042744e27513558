"""Each operation of a document becomes a tool that sends what the document says."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.http_tools import HttpConstant, HttpParameter
from mcp_runtime.http_tools.http_request import HttpRequest, RequestMaker
from mcp_runtime.schema_rules import find_schema_mistake
from tenants.openapi.errors import OperationRefused
from tenants.openapi.operations import ImportedTool, OpenApiImport
from tests.tenants.openapi.shop import SHOP, imported


def request_of(tool: ImportedTool, arguments: dict[str, Any]) -> HttpRequest:
    return RequestMaker(tool.definition.request).make(arguments, lambda text: text)


def test_every_operation_has_a_name_of_its_own() -> None:
    names = {outline.key: outline.name for outline in OpenApiImport(SHOP).outlines()}
    assert names["GET /orders/{orderId}"] == "orders_get"
    assert names["DELETE /orders/{orderId}"] == "delete_orders_by_orderId"
    assert names["POST /orders"] == "createOrder"
    assert names["PUT /orders"].startswith("createOrder_")
    assert len(set(names.values())) == len(names)


def test_a_name_stays_when_others_come_and_go() -> None:
    paths = {**SHOP["paths"], "/another": {"get": {"operationId": "a" * 90}, "post": {"operationId": "a" * 90}}}
    before = {each.key: each.name for each in OpenApiImport(SHOP).outlines()}
    after = {each.key: each.name for each in OpenApiImport({**SHOP, "paths": paths}).outlines()}
    assert after.items() >= before.items()
    assert all(len(name) <= 64 for name in after.values())


def test_parameters_go_where_the_document_says() -> None:
    tool = imported("GET /orders/{orderId}")
    arguments = {"orderId": 7, "filter_state": None, "ids": [1, 2], "X-Trace": "t"}
    request = request_of(tool, arguments)
    assert (request.method, request.url) == ("GET", "https://eu.shop.example/v2/orders/7?ids=1%2C2")
    assert request.headers == (("Authorization", "Bearer {{secret.token}}"), ("X-Trace", "t"))
    assert request_of(tool, {**arguments, "filter_state": "new"}).url.endswith("?filter%5Bstate%5D=new&ids=1%2C2")
    assert tool.definition.input_schema["required"] == ["orderId"]
    assert set(tool.definition.input_schema["properties"]) == {"orderId", "filter_state", "ids", "X-Trace"}
    assert tool.definition.input_schema["properties"]["filter_state"] == {"type": ["string", "null"]}


def test_a_body_that_is_an_object_becomes_arguments() -> None:
    tool = imported("POST /orders")
    schema = tool.definition.input_schema
    assert set(schema["properties"]) == {"state", "note", "lines", "state_field", "price"}
    assert schema["required"] == ["lines"]
    assert schema["properties"]["price"] == {"type": "number", "exclusiveMinimum": 0}
    assert schema["properties"]["state_field"] == {"type": ["string", "null"], "enum": ["new", "paid", None]}
    assert schema["properties"]["note"] == {"type": "string"}, "a pattern that nobody can read is left out"
    assert schema["$defs"]["Line"]["properties"]["parent"] == {"$ref": "#/$defs/Line"}
    assert find_schema_mistake(schema) is None
    request = request_of(tool, {"state": "q", "state_field": "new", "lines": [{"sku": "a"}]})
    assert request.url == "https://eu.shop.example/v2/orders?state=q"
    assert msgspec.json.decode(request.body or b"") == {"lines": [{"sku": "a"}], "state": "new"}


def test_any_other_body_is_one_argument() -> None:
    tool = imported("PUT /orders")
    assert tool.definition.request.parameters == (HttpParameter(argument="body", location="body"),)
    assert request_of(tool, {"body": [1]}).body == b"[1]"


def test_a_form_is_encoded_as_the_document_says() -> None:
    request = request_of(imported("POST /login"), {"expand": {"a": "1"}})
    assert request.body == b"expand%5Ba%5D=1"
    assert dict(request.headers) == {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("key", "constants", "secrets"),
    [
        (
            "POST /orders",
            [HttpConstant(location="header", name="Authorization", value="Bearer {{secret.token}}")],
            ["token"],
        ),
        (
            "DELETE /orders/{orderId}",
            [HttpConstant(location="query", name="api_key", value="{{secret.key}}")],
            ["key"],
        ),
        ("POST /login", [], []),
    ],
)
def test_security_schemes_become_secrets(key: str, constants: list[HttpConstant], secrets: list[str]) -> None:
    tool = imported(key)
    assert list(tool.definition.request.constants) == constants
    assert [each.name for each in tool.secrets] == secrets


def test_what_a_method_promises_is_said() -> None:
    get, delete, post = (
        imported(f"{method} /orders{rest}").definition
        for method, rest in (("GET", "/{orderId}"), ("DELETE", "/{orderId}"), ("POST", ""))
    )
    assert (get.annotations.is_read_only, get.annotations.needs_intent_record) == (True, True)
    assert (delete.annotations.idempotent_hint, delete.annotations.destructive_hint) == (True, True)
    assert post.annotations.destructive_hint is None
    assert (get.title, get.description) == ("Get an order", "Get an order\n\nWith its lines.")
    assert delete.description.startswith("Deprecated.")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("POST /pictures", "JSON, forms and text"),
        ("GET /pictures", "can't be met by a secret"),
        ("PUT /pictures", "which is not sent"),
        ("PATCH /pictures", "refers to another document"),
    ],
)
def test_what_can_t_be_sent_says_why_and_harms_no_other(key: str, words: str) -> None:
    with pytest.raises(OperationRefused, match=words):
        imported(key)


def test_the_base_may_be_chosen_or_relative() -> None:
    assert imported("POST /login", base_url="https://test.shop.example/").definition.request.url == (
        "https://test.shop.example/login"
    )
    relative = {**SHOP, "servers": [{"url": "/api"}]}
    found = OpenApiImport(relative, document_url="https://docs.shop.example/openapi.json").tool("POST /login")
    assert found.definition.request.url == "https://docs.shop.example/api/login"
    with pytest.raises(OperationRefused, match="Give the base URL"):
        OpenApiImport(relative).tool("POST /login")


def test_a_schema_that_is_too_large_keeps_its_outer_levels() -> None:
    deep = {
        f"L{level}": {
            "type": "object",
            "properties": {f"p{number}": {"$ref": f"#/components/schemas/L{level + 1}"} for number in range(40)},
        }
        for level in range(9)
    }
    deep["L9"] = {"type": "string", "description": "x" * 400}
    wide = {**{f"W{number}": {"type": "object", "description": "y" * 400} for number in range(200)}, **deep}
    deep["L0"]["properties"] |= {f"w{number}": {"$ref": f"#/components/schemas/W{number}"} for number in range(200)}
    body = {
        "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/L0"}}}}
    }
    document = {
        **SHOP,
        "paths": {"/a": {"post": {"requestBody": body}}},
        "components": {**SHOP["components"], "schemas": wide},
    }
    schema = OpenApiImport(document).tool("POST /a").definition.input_schema
    assert len(msgspec.json.encode(schema)) <= 32 * 1024
    assert schema["properties"]["body"]["items"]["type"] == "object"
    assert find_schema_mistake(schema) is None
