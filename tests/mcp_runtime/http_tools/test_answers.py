"""What the other side answers becomes a result, and its refusals are the tool's own errors."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from mcp_runtime.calls.results import (
    AudioContent,
    EmbeddedResource,
    ImageContent,
    TextContent,
    ToolResult,
    error_type,
)
from mcp_runtime.contract.http_tools import HttpPagination, HttpToolConfig
from mcp_runtime.http_tools.answers import HttpAnswer, UnreadableAnswer, media_type_of, result_of, result_of_pages
from mcp_runtime.http_tools.http_request import HttpRequest
from mcp_runtime.http_tools.pages import first_page, page_of

URL = "https://api.example.com/v1/items"
REQUEST = HttpRequest("GET", f"{URL}?size=2", URL, (("Authorization", "Bearer x"),), None, frozenset({"authorization"}))


def answered(body: bytes, kind: str = "application/json", status: int = 200, select: str = "") -> ToolResult:
    media_type, charset = media_type_of(kind)
    config = HttpToolConfig(method="GET", url=URL, select=select)
    return result_of(config, HttpAnswer(status, media_type, body, charset), URL)


def text_of(result: ToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


@pytest.mark.parametrize(
    ("body", "select", "structured"),
    [
        (b'{"a": {"b": [1, 2]}}', "", {"a": {"b": [1, 2]}}),
        (b'{"a": {"b": [1, 2]}}', "a.b", {"result": [1, 2]}),
        (b'{"a": 1}', "missing", {"result": None}),
        (b"[1]", "", {"result": [1]}),
        (b"12345678901234567890", "", {"result": 12345678901234567890}),
    ],
)
def test_json_is_structured(body: bytes, select: str, structured: Any) -> None:
    result = answered(body, "application/problem+json; charset=utf-8", select=select)
    assert result.structured == structured
    shown = structured["result"] if select or not isinstance(msgspec.json.decode(body), dict) else structured
    assert msgspec.json.decode(text_of(result)) == shown


def test_other_types_are_content_of_their_kind() -> None:
    assert text_of(answered("grün".encode("latin-1"), "text/plain; charset=latin-1")) == "grün"
    assert text_of(answered(b"\xff", "text/plain; charset=nonsense")) == "\ufffd"
    assert answered(b"\x89PNG", "image/png").content == [ImageContent("iVBORw==", "image/png")]
    assert answered(b"RIFF", "audio/wav").content == [AudioContent("UklGRg==", "audio/wav")]
    (embedded,) = answered(b"%PDF", "application/pdf").content
    assert isinstance(embedded, EmbeddedResource)
    assert (embedded.resource.blob, embedded.resource.mime_type) == ("JVBERg==", "application/pdf")
    assert answered(b"<a/>", "application/xml").structured is UNSET


def test_an_empty_answer_says_so() -> None:
    result = answered(b"", status=204)
    assert (result.structured, result.is_error) == ({"status": 204}, False)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (404, b'{"message": "no such item"}', "no such item"),
        (401, b"", "rotate its secret"),
        (500, b"<html>oops", "oops"),
        (302, b"", "302"),
    ],
)
def test_a_refusal_is_the_tool_s_own_error(status: int, body: bytes, words: str) -> None:
    result = answered(body, "text/html" if body.startswith(b"<") else "application/json", status)
    assert result.is_error
    assert error_type(result) == "upstream_status"
    assert words in text_of(result)
    assert str(status) in text_of(result)


def test_a_long_refusal_is_cut() -> None:
    assert len(text_of(answered(b"x" * 10_000, "text/plain", 500))) < 2_200


@pytest.mark.parametrize(
    ("body", "select"), [(b'{"a":', ""), (b"\xff\xfe", ""), (b"[" * 10_000, ""), (b'{"a": "b"}', "max(a)")]
)
def test_what_can_t_be_read_is_said(body: bytes, select: str) -> None:
    assert error_type(answered(body, select=select)) == "upstream_unreadable"


def test_pages_follow_a_link_of_their_own_place_alone() -> None:
    pages = HttpPagination(kind="link")
    link = f'<{URL}?page=9>; rel="last", <?page=2>; rel="next"'
    page = page_of(pages, REQUEST, [1, 2], link=link)
    assert page.items == [1, 2]
    assert page.following is not None
    assert (page.following.url, page.following.headers) == (f"{URL}?page=2", REQUEST.headers)
    assert page_of(pages, REQUEST, [3], link=None).following is None
    assert page_of(pages, REQUEST, [3], link=f'<{URL}?page=1>; rel="prev"').following is None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/v1/items",
        "//evil.example/v1/items",
        "http://api.example.com/v1/items",
        "https://api.example.com/v1/admin",
        "https://api.example.com/v1/items-of-others",
        "https://api.example.com:8443/v1/items",
        "https://api.example.com@evil.example/v1/items",
        "/v1/items/../admin",
        "/v1/items/%2e%2e/admin",
        "/v1/items/..;/admin",
        f"{URL}#x",
    ],
)
def test_a_link_that_leads_away_is_refused(target: str) -> None:
    with pytest.raises(UnreadableAnswer, match="leads away"):
        page_of(HttpPagination(kind="link"), REQUEST, [], link=f'<{target}>; rel="next"')


def test_pages_follow_a_cursor() -> None:
    pages = HttpPagination(kind="cursor", items="data", cursor="meta.next", parameter="after")
    page = page_of(pages, REQUEST, {"data": [1], "meta": {"next": "a&b"}})
    assert page.following is not None
    assert page.following.url == f"{URL}?size=2&after=a%26b"
    again = page_of(pages, page.following, {"data": [2], "meta": {"next": 7}})
    assert again.following is not None
    assert again.following.url == f"{URL}?size=2&after=7"
    assert page_of(pages, again.following, {"data": [3], "meta": {"next": None}}).following is None


def test_pages_are_counted_until_one_is_empty() -> None:
    pages = HttpPagination(kind="page", parameter="page")
    first = first_page(pages, REQUEST)
    assert first.url == f"{URL}?size=2&page=1"
    assert first_page(pages, first) is first
    second = page_of(pages, first, [1], number=0).following
    assert second is not None
    assert second.url == f"{URL}?size=2&page=2"
    assert page_of(pages, second, [], number=1).following is None


@pytest.mark.parametrize(
    ("document", "words"),
    [({"data": {}}, "no list"), ({"data": [], "meta": {"next": {"a": 1}}}, "no cursor")],
)
def test_pages_that_can_t_be_read_are_said(document: Any, words: str) -> None:
    pages = HttpPagination(kind="cursor", items="data", cursor="meta.next", parameter="after")
    with pytest.raises(UnreadableAnswer, match=words):
        page_of(pages, REQUEST, document)


def test_more_than_was_asked_for_is_marked() -> None:
    config = HttpToolConfig(method="GET", url=URL)
    assert result_of_pages(config, [1, 2], is_complete=True).meta is None
    assert result_of_pages(config, [1, 2], is_complete=False).meta == {"io.atrium/incomplete": True}
