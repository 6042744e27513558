"""Arguments go where the definition says, in the forms that OpenAPI names."""

from typing import Any

import msgspec
import pytest

from mcp_runtime.contract.http_tools import HttpConstant, HttpParameter, HttpToolConfig
from mcp_runtime.http_tools.errors import ArgumentRefused
from mcp_runtime.http_tools.http_request import HttpRequest, RequestMaker

ITEMS = "https://api.example.com/v1/items"
COLOUR = {"R": 100, "G": 200}


def fill(text: str) -> str:
    """A vault with one secret."""
    return text.replace("{{secret.key}}", "s3cr3t")


def request_for(arguments: dict[str, Any], **config: Any) -> HttpRequest:
    plain = {"method": "GET", "url": ITEMS, **config}
    return RequestMaker(msgspec.convert(plain, HttpToolConfig)).make(arguments, fill)


@pytest.mark.parametrize(
    ("style", "explode", "value", "query"),
    [
        # The table of OpenAPI 3.1.1 "Style Examples", percent-encoded as a form's values are.
        ("", None, "", "color="),
        ("", None, "blue", "color=blue"),
        ("form", False, ["blue", "black"], "color=blue%2Cblack"),
        ("form", True, ["blue", "black"], "color=blue&color=black"),
        ("form", False, COLOUR, "color=R%2C100%2CG%2C200"),
        ("form", True, COLOUR, "R=100&G=200"),
        ("spaceDelimited", False, ["blue", "black"], "color=blue%20black"),
        ("pipeDelimited", False, ["blue", "black"], "color=blue%7Cblack"),
        ("deepObject", True, COLOUR, "color%5BR%5D=100&color%5BG%5D=200"),
        ("deepObject", True, {"a": {"b": [1]}}, "color%5Ba%5D%5Bb%5D%5B0%5D=1"),
        ("", None, True, "color=true"),
        ("", None, 1.5, "color=1.5"),
        ("", None, "a b&c=d", "color=a%20b%26c%3Dd"),
    ],
)
def test_the_styles_of_the_query(style: str, explode: bool | None, value: Any, query: str) -> None:
    parameter = {"argument": "color", "location": "query", "style": style, "explode": explode}
    assert request_for({"color": value}, parameters=[parameter]).url == f"{ITEMS}?{query}"


def test_what_is_left_out_is_not_sent() -> None:
    parameters = [{"argument": "a", "location": "query"}, {"argument": "b", "location": "header", "name": "X-B"}]
    request = request_for({"a": None}, parameters=parameters)
    assert (request.url, request.headers, request.body) == (ITEMS, (), None)


def test_a_list_in_the_path_is_one_segment() -> None:
    parameters = [{"argument": "ids", "location": "path"}]
    request = request_for({"ids": [3, 4]}, url=f"{ITEMS}/{{ids}}", parameters=parameters)
    assert request.url == f"{ITEMS}/3%2C4"
    assert request.prefix == f"{ITEMS}/"


def test_fields_become_an_object_and_names_are_the_other_side_s() -> None:
    parameters = [
        {"argument": "title", "location": "field", "name": "Title"},
        {"argument": "tags", "location": "field"},
        {"argument": "left_out", "location": "field"},
    ]
    constants = [HttpConstant(location="field", name="source", value="atrium")]
    request = request_for(
        {"title": "Tea", "tags": ["hot"]}, method="POST", body="json", parameters=parameters, constants=constants
    )
    assert msgspec.json.decode(request.body or b"") == {"source": "atrium", "Title": "Tea", "tags": ["hot"]}
    assert dict(request.headers) == {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "value", "sent"),
    [("json", [1, {"a": None}], b'[1,{"a":null}]'), ("text", "é", "é".encode()), ("form", {"a": "b c"}, b"a=b%20c")],
)
def test_one_argument_may_be_the_whole_body(body: str, value: Any, sent: bytes) -> None:
    parameters = [HttpParameter(argument="document", location="body")]
    request = request_for({"document": value}, method="PUT", body=body, parameters=parameters)
    assert request.body == sent


def test_secrets_are_filled_in_and_their_headers_known() -> None:
    constants = [
        {"location": "header", "name": "Authorization", "value": "Bearer {{secret.key}}"},
        {"location": "header", "name": "Accept", "value": "application/json"},
        {"location": "query", "name": "key", "value": "{{secret.key}}"},
    ]
    request = request_for({}, constants=constants)
    assert request.url == f"{ITEMS}?key=s3cr3t"
    assert request.headers == (("Authorization", "Bearer s3cr3t"), ("Accept", "application/json"))
    assert request.secret_headers == {"authorization"}


def test_an_argument_never_names_a_secret() -> None:
    parameters = [{"argument": "q", "location": "query"}, {"argument": "t", "location": "header", "name": "X-T"}]
    request = request_for({"q": "{{secret.key}}", "t": "{{secret.key}}"}, parameters=parameters)
    assert "s3cr3t" not in f"{request.url}{request.headers}"
    assert request.secret_headers == frozenset()


@pytest.mark.parametrize("value", ["a\r\nX-Injected: 1", "caf\u00e9", " padded", "a\x00", "x" * 9_000])
def test_a_header_holds_visible_ascii(value: str) -> None:
    parameters = [{"argument": "note", "location": "header", "name": "X-Note"}]
    with pytest.raises(ArgumentRefused, match=r"^note is "):
        request_for({"note": value}, parameters=parameters)


@pytest.mark.parametrize("arguments", [{}, {"id": None}])
def test_a_part_of_the_path_can_t_be_left_out(arguments: dict[str, Any]) -> None:
    parameters = [{"argument": "id", "location": "path"}]
    with pytest.raises(ArgumentRefused, match=r"^id is missing"):
        request_for(arguments, url=f"{ITEMS}/{{id}}", parameters=parameters)


def test_what_is_nested_fits_no_single_value() -> None:
    with pytest.raises(ArgumentRefused, match=r"^color is nested too deeply"):
        request_for({"color": [{"a": 1}]}, parameters=[{"argument": "color", "location": "query"}])
