"""What an upstream answered outlives a job, and what an older client is told of it."""

import msgspec
import pytest

from mcp_runtime.calls.results import TextContent, decode_tool_result, encode_tool_result, text_of
from mcp_runtime.upstreams.answered import outcome, tool_result

BLOCKS = [
    {"type": "text", "text": "plain"},
    {"type": "text", "text": "noted", "_meta": {"a": 1}},
    {"type": "hologram", "depth": 3},
    {"type": "resource_link", "uri": "note://1", "name": "one", "icons": [{"src": "https://example.com/i.png"}]},
]


def test_a_result_is_to_the_byte_what_it_was() -> None:
    sent = msgspec.json.encode({"content": BLOCKS, "_meta": {"vendor/x": 1}, "structuredContent": [1, 2]})
    kept = encode_tool_result(tool_result(outcome(msgspec.Raw(sent))))
    again = decode_tool_result(kept)
    assert encode_tool_result(again) == kept
    assert msgspec.json.decode(msgspec.json.encode(again.content)) == BLOCKS
    assert isinstance(again.content[0], TextContent)
    assert [text_of(block) for block in again.content] == ["plain", "noted", None, None]


def test_what_is_no_block_is_no_result() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_tool_result(b'{"content": [3]}')
    with pytest.raises(msgspec.DecodeError):
        decode_tool_result(b'{"content": [{"text": "no type"}]}')
