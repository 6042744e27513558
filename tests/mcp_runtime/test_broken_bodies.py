"""A body that is no JSON, no UTF-8 or has two meanings is the client's mistake and never ours (JSON-RPC 2.0)."""

import pytest

from mcp_runtime.protocol.ambiguity import META_NAMES
from mcp_runtime.protocol.jsonrpc import Message, parse, readable_id
from mcp_runtime.refusals import Refused
from mcp_runtime.wire.era import VERSION_META
from mcp_runtime.wire.modern import CAPABILITIES_META, CLIENT_META, LOG_LEVEL_META


@pytest.mark.must("MUST-05.1")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"jsonrpc":"2.0","id":1,"method":"a\xff"}',
        b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"\xed\xa0\x80"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
        b'[{"jsonrpc":"2.0","id":1,"method":"a\xff"}]',
        b'{"jsonrpc":"2.0","id":1,"method":"a","nobody asks":"\xff"}',
        b'{"jsonrpc":"2.0","id":1,"method":"a","nobody asks \xff":1}',
        b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"a"}',
        '{"jsonrpc":"2.0","id":1,"method":"a"}'.encode("utf-16"),
        b'{"jsonrpc":"2.0","id":1,"method":"a"}\0',
        b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"arguments":{"x":NaN}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"arguments":{"x":1e400}}}',
        b"[" * 100_000,
    ],
)
def test_it_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        parse(body, depth=64)
    assert caught.value.refusal.reason in ("parse_error", "too_deep")
    assert readable_id(body) is None


@pytest.mark.parametrize(
    ("body", "request_id"),
    [
        (b'{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}', 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","\\u006dethod":"b"}', 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","id" :2}', None),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"a","name":"b"}}', 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"arguments":{"x":1,"x":"\\u003a"}}}', 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","nobody asks":[{"x":1,"x":":"}]}', 1),
        (b'{"jsonrpc":"2.0","id":1,"result":{"x":1,"x":1}}', 1),
        (b'[{"jsonrpc":"2.0","id":1,"method":"a","id":2}]', None),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","Method":"b"}', 1),
        (b'{"jsonrpc":"2.0","ID":1,"method":"a"}', None),
        ('{"jsonrpc":"2.0","id":1,"method":"a","param\u017f":{}}'.encode(), 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"NAME":"a"}}', 1),
        ('{"jsonrpc":"2.0","id":1,"method":"a","params":{"ta\u017f\u212aId":"a"}}'.encode(), 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"_Meta":{}}}', 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"_meta":{"ProgressToken":1}}}', 1),
        (b'[{"jsonrpc":"2.0","id":1,"method":"a","jsonRPC":"2.0"}]', None),
    ],
)
def test_what_two_readers_could_take_for_different_things_is_refused(body: bytes, request_id: int | None) -> None:
    with pytest.raises(Refused) as caught:
        parse(body, depth=64)
    assert caught.value.refusal.reason == "invalid_request"
    assert "once" in caught.value.refusal.message or "case-sensitive" in caught.value.refusal.message
    assert readable_id(body) == request_id


@pytest.mark.parametrize(
    "params",
    [
        '{"arguments":{"Name":1,"name":2,"METHOD":3}}',
        '{"arguments":{"a":{"x":1},"b":{"x":1}},"x":"a:b\\u003a:","y":"\\":"}',
        '{"vendor":{"ID":1},"_meta":{"example.com/Name":":"}}',
    ],
)
def test_names_of_others_are_their_own_affair(params: str) -> None:
    assert isinstance(parse(f'{{"jsonrpc" : "2.0","id":1,"method":"a","params":{params}}}'.encode(), depth=64), Message)


def nested(pairs: int) -> bytes:
    """A message whose parameters nest so many objects and arrays in turn."""
    return b'{"jsonrpc":"2.0","id":1,"method":"]}","params":%b1%b}' % (b'{"a":[' * pairs, b"]}" * pairs)


def test_objects_and_arrays_are_levels_alike() -> None:
    assert isinstance(parse(nested(1), depth=64), Message)
    assert isinstance(parse(nested(31), depth=64), Message)
    for pairs in (32, 500):
        with pytest.raises(Refused, match="deeper than 64"):
            parse(nested(pairs), depth=64)


def test_the_names_of_meta_are_those_that_are_read() -> None:
    assert {VERSION_META, CAPABILITIES_META, CLIENT_META, LOG_LEVEL_META} <= META_NAMES
