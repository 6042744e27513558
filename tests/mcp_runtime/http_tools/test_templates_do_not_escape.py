"""Whatever an argument holds, the request goes to the place that the tool's author wrote down (CVE-2026-32871)."""

import posixpath
import re
from random import Random
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from mcp_runtime.contract.http_tools import HttpParameter, HttpToolConfig
from mcp_runtime.http_tools.errors import ArgumentRefused
from mcp_runtime.http_tools.http_request import HttpRequest, RequestMaker

ORIGIN = "https://api.example.com"
HOSTILE = [
    *("..", ".", "/", "\\", "%", "%2e", "%2E%2e", "%2f", "%252f", "%25252e", "..;", ";", "?", "#", "@", ":", "//"),
    *(
        "evil.example",
        "https:",
        "\r\n",
        "\x00",
        "\t",
        " ",
        "&",
        "=",
        "+",
        "a",
        "admin",
        "１",
        "．．",
        "／",
        "\u2215",
        "é",
    ),
    *("b", "c", "0", "9", "-", "_", "~", "!", "$", "(", ",", "*", "\x7f", "\x85", "\u2028", "\ufeff", "\u202e"),
    *("{id}", "{{secret.key}}", "[::1]", "127.0.0.1", "\ud7ff", "\U0001f600", "'", '"', "<", ">", "|", "^", "`"),
]
EXAMPLES = 5_000
"""Of each test: what they are is the seed's, so a failure comes again."""


def unchanged(text: str) -> str:
    return text


def maker(url: str, *parameters: HttpParameter, **options: str) -> RequestMaker:
    return RequestMaker(HttpToolConfig(method="POST", url=url, parameters=parameters, **options))


def readings(path: str) -> list[list[str]]:
    """The path's segments as servers may come to read them: as sent, decoded up to three times, with the parameters
    of segments left out, each then walked."""
    seen, found = path, []
    for _ in range(4):
        ways = (seen, re.sub(r";[^/]*", "", seen), seen.replace("\\", "/"))
        found += [posixpath.normpath(text).split("/") for text in ways]
        seen = unquote(seen, errors="replace")
    return found


def made(tool: RequestMaker, arguments: dict[str, Any]) -> HttpRequest | None:
    try:
        return tool.make(arguments, unchanged)
    except ArgumentRefused:
        return None


def distinct(seed: int, *, times: int = 1) -> list[tuple[str, ...]]:
    """Values of a few pieces each, `times` of them together."""
    dice = Random(seed)  # noqa: S311 - nothing secret

    def value() -> str:
        return "".join(dice.choices(HOSTILE, k=dice.randint(1, 6)))

    found = dict.fromkeys(tuple(value() for _ in range(times)) for _ in range(EXAMPLES))
    assert len(found) > EXAMPLES / 2
    return list(found)


PET = maker(
    f"{ORIGIN}/v1/pets/{{id}}/photos/{{photo}}.json",
    HttpParameter(argument="id", location="path"),
    HttpParameter(argument="photo", location="path"),
)
KNOWN = [("..", "x"), ("%2e%2e%2f%2e%2e%2fadmin", "x"), ("..%252fadmin", "x"), ("x/../../admin", "x"), ("a", ".")]


def test_a_value_in_the_path_is_one_segment() -> None:
    sent = 0
    for pet, photo in (*KNOWN, *distinct(1, times=2)):
        request = made(PET, {"id": pet, "photo": photo})
        if request is None:
            continue
        sent += 1
        parts = urlsplit(request.url)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "api.example.com", "", "")
        assert request.url.isascii()
        for segments in readings(parts.path):
            assert segments[:3] == ["", "v1", "pets"], (pet, photo)
            assert (len(segments), segments[4]) == (6, "photos"), (pet, photo)
        assert unquote(parts.path.split("/")[3]) == pet
    assert sent > 100


FILE = maker(f"{ORIGIN}/v1/files/{{name}}", HttpParameter(argument="name", location="path", allow_slashes=True))


def test_a_value_of_several_segments_stays_below_its_place() -> None:
    sent = 0
    for (name,) in (("a/../../../admin",), ("a/..;/..;/admin",), ("//evil.example/",), *distinct(2)):
        request = made(FILE, {"name": name})
        if request is None:
            continue
        sent += 1
        parts = urlsplit(request.url)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "api.example.com", "", "")
        assert all(segments[:3] == ["", "v1", "files"] and len(segments) > 3 for segments in readings(parts.path)), name
    assert sent > 100


ASKED = maker(
    f"{ORIGIN}/search?version=2",
    HttpParameter(argument="text", location="query", name="q"),
    HttpParameter(argument="tags", location="query"),
    HttpParameter(argument="trace", location="header", name="X-Trace"),
    HttpParameter(argument="note", location="field"),
    body="form",
)


def test_values_in_query_header_and_form_stay_values() -> None:
    sent = 0
    for text, first, second, trace, note in distinct(3, times=5):
        request = made(ASKED, {"text": text, "tags": [first, second], "trace": trace, "note": note})
        if request is None:
            assert not re.fullmatch(r"[!-~]([ \t!-~]*[!-~])?", trace)
            continue
        sent += 1
        assert request.url.startswith(f"{ORIGIN}/search?version=2&")
        assert "#" not in request.url
        query = parse_qs(urlsplit(request.url).query, keep_blank_values=True)
        assert query == {"version": ["2"], "q": [text], "tags": [first, second]}
        assert dict(request.headers)["X-Trace"] == trace
        assert not re.search(r"[\r\n\x00]", "".join(value for _, value in request.headers))
        assert request.body is not None
        assert parse_qs(request.body.decode(), keep_blank_values=True) == {"note": [note]}
    assert sent > 100


@pytest.mark.parametrize(
    "value", ["..", ".", "", "a/b", "a%2fb", "a%252fb", "..%2f", "a\\b", "a\r\nb", "a\x00", "..;x"]
)
def test_a_refusal_names_the_argument(value: str) -> None:
    with pytest.raises(ArgumentRefused, match=r"^id "):
        PET.make({"id": value, "photo": "1"}, unchanged)


def test_a_plain_concatenation_would_be_noticed() -> None:
    """The oracle sees what happens without encoding."""
    path = urlsplit(f"{ORIGIN}/v1/pets/../../admin?x=/photos/1.json").path
    assert not all(segments[:3] == ["", "v1", "pets"] for segments in readings(path))
    assert not all(len(segments) == 6 for segments in readings("/v1/pets/a%2fb/photos/1.json"))
