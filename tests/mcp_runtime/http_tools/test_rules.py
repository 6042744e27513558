"""A definition that could not work, or that would send a credential from the model, is refused with its field."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.http_tools import HttpToolConfig
from mcp_runtime.http_tools.errors import DefinitionMistake
from mcp_runtime.http_tools.rules import check_config

SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}, "note": {"type": "string"}}}
URL = "https://api.example.com/v1/items"
IN_PATH = {"argument": "id", "location": "path"}
NOTE = {"argument": "note", "location": "field"}


def check(**config: Any) -> None:
    check_config(msgspec.convert({"method": "GET", "url": URL, **config}, HttpToolConfig), SCHEMA)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"url": "https://api.example.com"},
        {"url": f"{URL}/{{id}}/notes?full=1", "parameters": [IN_PATH]},
        {"url": f"{URL}/{{item}}", "parameters": [{**IN_PATH, "name": "item"}]},
        {"method": "POST", "body": "json", "parameters": [NOTE, {"argument": "id", "location": "field"}]},
        {
            "method": "PUT",
            "body": "text",
            "content_type": "text/csv; charset=utf-8",
            "parameters": [{**NOTE, "location": "body"}],
        },
        {"constants": [{"location": "header", "name": "X-API-Key", "value": "{{secret.key}}"}]},
        {"parameters": [{"argument": "id", "location": "header", "name": "X-Request"}]},
        {
            "pagination": {"kind": "cursor", "items": "data", "cursor": "next", "parameter": "after"},
            "select": "data[].id",
        },
        {"retries": 3, "idempotency_header": "Idempotency-Key"},
    ],
)
def test_what_works_is_taken(config: dict[str, Any]) -> None:
    check(**config)


@pytest.mark.parametrize(
    ("field", "config"),
    [
        ("method", {"method": "CONNECT"}),
        ("method", {"method": "get"}),
        ("url", {"url": "api.example.com/items"}),
        ("url", {"url": "ftp://api.example.com/"}),
        ("url", {"url": "https:///items"}),
        ("url", {"url": "https://{id}.example.com/", "parameters": [IN_PATH]}),
        ("url", {"url": "https://api.example.com:{id}/", "parameters": [IN_PATH]}),
        ("url", {"url": "https://api.example.com{id}/", "parameters": [IN_PATH]}),
        ("url", {"url": "{id}", "parameters": [IN_PATH]}),
        ("url", {"url": f"{URL}/../{{id}}", "parameters": [IN_PATH]}),
        ("url", {"url": f"{URL}/%2e%2e/admin"}),
        ("url", {"url": f"{URL}#top"}),
        ("url", {"url": f"{URL}?id={{id}}", "parameters": [IN_PATH]}),
        ("url", {"url": f"{URL}/{{id}}"}),
        ("url", {"url": f"{URL}/{{id}}/{{id}}", "parameters": [IN_PATH]}),
        ("url", {"url": f"{URL}/a b"}),
        ("url", {"url": f"{URL}/{{id", "parameters": [IN_PATH]}),
        ("parameters.0", {"parameters": [IN_PATH]}),
        ("parameters.0", {"parameters": [{"argument": "other", "location": "query"}]}),
        ("parameters.0", {"parameters": [{"argument": "id", "location": "cookie"}]}),
        ("parameters.0", {"parameters": [{"argument": "id", "location": "query", "style": "matrix"}]}),
        ("parameters.0", {"parameters": [{"argument": "id", "location": "header", "name": "Host"}]}),
        ("parameters.0", {"parameters": [{"argument": "id", "location": "header", "name": "a b"}]}),
        ("parameters.0", {"parameters": [{"argument": "id", "location": "header", "name": "Authorization"}]}),
        ("parameters.1", {"parameters": [{"argument": "id", "location": "query"}] * 2}),
        ("constants.0", {"constants": [{"location": "path", "name": "a", "value": "b"}]}),
        ("constants.0", {"constants": [{"location": "header", "name": "Content-Length", "value": "0"}]}),
        ("constants.0", {"constants": [{"location": "header", "name": "Authorization", "value": "Bearer abc"}]}),
        ("constants.0", {"constants": [{"location": "query", "name": "", "value": "b"}]}),
        ("constants.0", {"constants": [{"location": "query", "name": "a", "value": "{{secret.}}"}]}),
        ("body", {"method": "POST", "parameters": [NOTE]}),
        ("body", {"body": "json"}),
        ("body", {"method": "POST", "body": "xml"}),
        ("body", {"method": "POST", "body": "text", "parameters": [NOTE]}),
        (
            "parameters",
            {"method": "POST", "body": "json", "parameters": [NOTE, {"argument": "id", "location": "body"}]},
        ),
        ("content_type", {"method": "POST", "body": "json", "content_type": "json\r\nX: 1"}),
        ("select", {"select": "a["}),
        ("select", {"select": "a" * 2_000}),
        ("retries", {"retries": 9}),
        ("idempotency_header", {"idempotency_header": "Host"}),
        ("largest_answer", {"largest_answer": 10**9}),
        ("pagination", {"method": "POST", "pagination": {"kind": "link"}}),
        ("pagination.kind", {"pagination": {"kind": "offset"}}),
        ("pagination.parameter", {"pagination": {"kind": "page"}}),
        ("pagination.cursor", {"pagination": {"kind": "cursor", "parameter": "after"}}),
        ("pagination.items", {"pagination": {"kind": "link", "items": "]"}}),
        ("pagination.most_pages", {"pagination": {"kind": "link", "most_pages": 1_000}}),
    ],
)
def test_what_can_t_work_is_named(field: str, config: dict[str, Any]) -> None:
    with pytest.raises(DefinitionMistake) as mistake:
        check(**config)
    assert mistake.value.field == f"request.{field}"
