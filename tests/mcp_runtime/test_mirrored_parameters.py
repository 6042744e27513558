"""Mcp-Name and Mcp-Param-* say what the body says, in the one encoding that the specification allows."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcp_runtime.protocol.header_values import decode, find_mismatch, mirrored_parameters
from tests.mcp_runtime.cast import server, tools
from tests.mcp_runtime.legacy_client import initialize, post, request
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica

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


@pytest.mark.must("MUST-13.3")
@given(st.text())
def test_every_text_survives_the_encoding(text: str) -> None:
    assert decode(sentinel(text)) == text


@pytest.mark.must("MUST-13.3")
@pytest.mark.parametrize(
    "value",
    [
        b"=?base64?SGVsbG8?=",
        b"=?base64?SGVsbG9=?=",
        b"=?base64?!!!!?=",
        b"=?base64?/w==?=",
        "ü".encode(),
        b"a\x00b",
        b"a\tb\x01",
    ],
)
def test_what_is_no_encoding_stands_for_nothing(value: bytes) -> None:
    assert decode(value) is None


@pytest.mark.parametrize("value", [b"=?BASE64?SGVsbG8=?=", b"SGVsbG8=", b"=?base64?"])
def test_what_only_looks_like_the_encoding_is_taken_as_it_is(value: bytes) -> None:
    assert decode(value) == value.decode()


@pytest.mark.must("MUST-13.4")
@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ({}, {}),
        ({"free": "x", "region": None}, {}),
        ({"region": "us-west1"}, {b"mcp-param-region": b"us-west1"}),
        ({"region": "Hello, 世界"}, {b"mcp-param-region": sentinel("Hello, 世界")}),
        ({"limit": 42}, {b"mcp-param-limit": b"42.0"}),
        ({"limit": -7}, {b"mcp-param-limit": b"-7"}),
        ({"limit": 7.0}, {b"mcp-param-limit": b"7"}),
        ({"limit": 2**53 - 1}, {b"mcp-param-limit": b"9007199254740991"}),
        ({"region": ""}, {b"mcp-param-region": b""}),
        ({"region": "a\tb"}, {b"mcp-param-region": b"a\tb"}),
        ({"region": " padded "}, {b"mcp-param-region": sentinel(" padded ")}),
        ({"region": "=?base64?literal?="}, {b"mcp-param-region": sentinel("=?base64?literal?=")}),
        ({"where": None}, {}),
        ({"dry": True}, {b"mcp-param-dry": b"true"}),
        ({"where": {"city": "Bern"}}, {b"mcp-param-city": b"Bern"}),
        ({}, {b"mcp-param-unknown": b"anything"}),
    ],
)
def test_headers_that_say_the_same_are_accepted(arguments: dict[str, Any], headers: dict[bytes, bytes]) -> None:
    assert find_mismatch(PARAMETERS, arguments, headers) is None


@pytest.mark.must("MUST-13.4", "MUST-26.5")
@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ({"region": "us-west1"}, {}),
        ({"region": "us-west1"}, {b"mcp-param-region": b"us-east1"}),
        ({"region": "us-west1"}, {b"mcp-param-region": b"US-WEST1"}),
        ({}, {b"mcp-param-region": b"us-west1"}),
        ({"limit": 42}, {b"mcp-param-limit": b"42.5"}),
        ({"limit": 42}, {b"mcp-param-limit": b"4.2e1"}),
        ({"limit": 2**53}, {b"mcp-param-limit": b"9007199254740992"}),
        ({"limit": -(2**53)}, {b"mcp-param-limit": b"-9007199254740992"}),
        ({"limit": 10**4000}, {b"mcp-param-limit": b"1"}),
        ({"limit": 42}, {b"mcp-param-limit": b"4" * 5000}),
        ({"region": 10**5000}, {b"mcp-param-region": b"1"}),
        ({"region": " padded "}, {b"mcp-param-region": b" padded "}),
        ({"region": "=?base64?literal?="}, {b"mcp-param-region": b"=?base64?literal?="}),
        ({"region": "Hello, 世界"}, {b"mcp-param-region": "Hello, 世界".encode()}),
        ({"region": None}, {b"mcp-param-region": b"null"}),
        ({"dry": True}, {b"mcp-param-dry": b"True"}),
        ({"dry": True}, {b"mcp-param-dry": b"1"}),
        ({"where": {"city": "Bern"}}, {b"mcp-param-city": b"Basel"}),
        ({"where": ["Bern"]}, {b"mcp-param-city": b"Bern"}),
    ],
)
def test_headers_that_say_something_else_are_named(arguments: dict[str, Any], headers: dict[bytes, bytes]) -> None:
    mismatch = find_mismatch(PARAMETERS, arguments, headers)
    assert mismatch is not None
    assert "mcp-param-" in mismatch


@pytest.mark.must("MUST-13.4", "MUST-14.1")
@pytest.mark.anyio
async def test_a_call_whose_headers_say_something_else_does_not_happen(
    record: Record, served: Replica, probe: Watch
) -> None:
    mirrored = {"type": "object", "properties": {"name": {"type": "string", "x-mcp-header": "Name"}}}
    spec = {"input_schema": mirrored}
    record.keep_server(server("acme", slug="routed", tools=tools(erase=spec)))
    ask = {"path": "/mcp/acme/routed"}
    for headers in ({}, {"MCP-PARAM-NAME": "b"}, {"mcp-param-name": sentinel("b").decode()}, {"Mcp-Param-Name": "A"}):
        refused = await served.call("erase", {"name": "a"}, **ask, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
        assert refused.json()["error"]["message"]
    refused = await served.call("erase", {}, **ask, headers={"Mcp-Param-Name": "a"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, -32020)
    assert probe.effects == []
    for headers in ({"Mcp-Param-Name": "a", "Mcp-Param-Other": "z"}, {"mcp-param-name": sentinel("a").decode()}):
        assert (await served.call("erase", {"name": "a"}, **ask, headers=headers)).json()["result"]["isError"] is False
    assert probe.effects == ["a", "a"]


@pytest.mark.must("MUST-14.2")
@pytest.mark.anyio
async def test_the_older_revisions_mirror_nothing(record: Record, served: Replica, probe: Watch) -> None:
    mirrored = {"type": "object", "properties": {"name": {"type": "string", "x-mcp-header": "Name"}}}
    record.keep_server(server("acme", tools=tools(erase={"input_schema": mirrored})))
    called = request("tools/call", name="erase", arguments={"name": "a"})
    session = await initialize(served)
    assert "result" in (await post(served, called, session=session, **{"Mcp-Param-Name": "b"})).json()
    assert probe.effects == ["a"]
