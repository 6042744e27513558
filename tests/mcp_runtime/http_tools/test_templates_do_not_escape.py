"""Whatever an argument holds, the request goes to the place that the tool's author wrote down (CVE-2026-32871)."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
VALUES = st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=7).map("".join)
EXAMPLES = settings(max_examples=700, deadline=None)


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


def made(build: Callable[[], HttpRequest]) -> HttpRequest | None:
    try:
        return build()
    except ArgumentRefused:
        return None


PET = maker(
    f"{ORIGIN}/v1/pets/{{id}}/photos/{{photo}}.json",
    HttpParameter(argument="id", location="path"),
    HttpParameter(argument="photo", location="path"),
)


@EXAMPLES
@given(VALUES, VALUES)
@example("..", "x")
@example("%2e%2e%2f%2e%2e%2fadmin", "x")
@example("..%252fadmin", "x")
@example("x/../../admin", "x")
@example("a", ".")
def test_a_value_in_the_path_is_one_segment(pet: str, photo: str) -> None:
    request = made(lambda: PET.make({"id": pet, "photo": photo}, unchanged))
    if request is None:
        return
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "api.example.com", "", "")
    assert request.url.isascii()
    for segments in readings(parts.path):
        assert segments[:3] == ["", "v1", "pets"]
        assert segments[4] == "photos"
        assert len(segments) == 6
    assert unquote(parts.path.split("/")[3]) == pet


FILE = maker(f"{ORIGIN}/v1/files/{{name}}", HttpParameter(argument="name", location="path", allow_slashes=True))


@EXAMPLES
@given(VALUES)
@example("a/../../../admin")
@example("a/..;/..;/admin")
@example("//evil.example/")
def test_a_value_of_several_segments_stays_below_its_place(name: str) -> None:
    request = made(lambda: FILE.make({"name": name}, unchanged))
    if request is None:
        return
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "api.example.com", "", "")
    assert all(segments[:3] == ["", "v1", "files"] and len(segments) > 3 for segments in readings(parts.path))


ASKED = maker(
    f"{ORIGIN}/search?version=2",
    HttpParameter(argument="text", location="query", name="q"),
    HttpParameter(argument="tags", location="query"),
    HttpParameter(argument="trace", location="header", name="X-Trace"),
    HttpParameter(argument="note", location="field"),
    body="form",
)


@EXAMPLES
@given(VALUES, st.lists(VALUES, max_size=3), VALUES, VALUES)
def test_values_in_query_header_and_form_stay_values(text: str, tags: list[str], trace: str, note: str) -> None:
    arguments = {"text": text, "tags": tags, "trace": trace, "note": note}
    request = made(lambda: ASKED.make(arguments, unchanged))
    if request is None:
        assert not re.fullmatch(r"([!-~]([ \t!-~]*[!-~])?)?", trace)
        return
    assert request.url.startswith(f"{ORIGIN}/search?version=2&")
    assert "#" not in request.url
    expected = {"version": ["2"], "q": [text], **({"tags": tags} if tags else {})}
    assert parse_qs(urlsplit(request.url).query, keep_blank_values=True) == expected
    assert dict(request.headers).get("X-Trace", "") == trace
    assert not re.search(r"[\r\n\x00]", "".join(value for _, value in request.headers))
    assert request.body is not None
    assert parse_qs(request.body.decode(), keep_blank_values=True) == {"note": [note]}


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
