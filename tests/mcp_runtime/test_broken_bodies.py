"""A body that is no JSON, or no UTF-8, is the client's mistake and never ours (JSON-RPC 2.0, -32700)."""

import pytest

from mcp_runtime.protocol.jsonrpc import parse, readable_id
from mcp_runtime.refusals import Refused


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"jsonrpc":"2.0","id":1,"method":"a\xff"}',
        b'{"jsonrpc":"2.0","id":1,"method":"a","params":{"name":"\xed\xa0\x80"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
        b'[{"jsonrpc":"2.0","id":1,"method":"a\xff"}]',
        b"[" * 100_000,
    ],
)
def test_it_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        parse(body, depth=64)
    assert caught.value.refusal.reason in ("parse_error", "too_deep")
    assert readable_id(body) is None
