"""Mcp-Name and Mcp-Param-* say what the body says, in the one encoding that the specification allows."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.protocol.header_values import decode, find_mismatch, mirrored_parameters

SCHEMA = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "limit": {"type": "integer", "x-mcp-header": "Limit"},
        "dry": {"type": "boolean", "x-mcp-header": "Dry"},
        "where": {"type": "object", "properties": {"city": {"type": "string", "x-mcp-header": "City"}}},
        "free": {"type": "string"},
    },
}
PARAMETERS = mirrored_parameters(SCHEMA)


def sentinel(text: str) -> bytes:
    return b"=?base64?" + base64.b64encode(text.encode()) + b"?="


@given(st.text())
def test_every_text_survives_the_encoding(text: str) -> None:
    assert decode(sentinel(text)) == text


@pytest.mark.parametrize(
    "value",
    [b"=?base64?SGVsbG8?=", b"=?base64?SGVsbG9=?=", b"=?base64?!!!!?=", b"=?base64?/w==?=", "ü".encode(), b"a\x00b"],
)
def test_what_is_no_encoding_stands_for_nothing(value: bytes) -> None:
    assert decode(value) is None


@pytest.mark.parametrize("value", [b"=?BASE64?SGVsbG8=?=", b"SGVsbG8=", b"=?base64?"])
def test_what_only_looks_like_the_encoding_is_taken_as_it_is(value: bytes) -> None:
    assert decode(value) == value.decode()


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ({}, {}),
        ({"free": "x", "region": None}, {}),
        ({"region": "us-west1"}, {b"mcp-param-region": b"us-west1"}),
        ({"region": "Hello, 世界"}, {b"mcp-param-region": sentinel("Hello, 世界")}),
        ({"limit": 42}, {b"mcp-param-limit": b"42.0"}),
        ({"limit": -7}, {b"mcp-param-limit": b"-7"}),
        ({"dry": True}, {b"mcp-param-dry": b"true"}),
        ({"where": {"city": "Bern"}}, {b"mcp-param-city": b"Bern"}),
        ({}, {b"mcp-param-unknown": b"anything"}),
    ],
)
def test_headers_that_say_the_same_are_accepted(arguments: dict[str, Any], headers: dict[bytes, bytes]) -> None:
    assert find_mismatch(PARAMETERS, arguments, headers) is None


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ({"region": "us-west1"}, {}),
        ({"region": "us-west1"}, {b"mcp-param-region": b"us-east1"}),
        ({"region": "us-west1"}, {b"mcp-param-region": b"US-WEST1"}),
        ({}, {b"mcp-param-region": b"us-west1"}),
        ({"limit": 42}, {b"mcp-param-limit": b"42.5"}),
        ({"limit": 42}, {b"mcp-param-limit": b"4.2e1"}),
        ({"dry": True}, {b"mcp-param-dry": b"True"}),
        ({"where": {"city": "Bern"}}, {b"mcp-param-city": b"Basel"}),
        ({"where": ["Bern"]}, {b"mcp-param-city": b"Bern"}),
    ],
)
def test_headers_that_say_something_else_are_named(arguments: dict[str, Any], headers: dict[bytes, bytes]) -> None:
    mismatch = find_mismatch(PARAMETERS, arguments, headers)
    assert mismatch is not None
    assert "mcp-param-" in mismatch
