"""An answer counts as right only for its own call."""

import json
from pathlib import Path

import pytest

from benchmarks.calls import Call, Dialect, calls, headers, is_right_answer
from benchmarks.gateways import is_right_either_way
from benchmarks.load import wrong_among
from benchmarks.rehearsal import Rehearsed


def answer(identifier: int | str, text: str, **result: object) -> bytes:
    content = [{"type": "text", "text": text}]
    fields = {"content": content, "structuredContent": {"result": text}, "isError": False}
    return json.dumps({"jsonrpc": "2.0", "id": identifier, "result": fields | result}).encode()


def test_no_two_calls_are_alike() -> None:
    made = calls()
    assert len({call.id for call in made}) == len({call.text for call in made}) == 64
    assert len({len(call.body) for call in made}) > 32
    assert any(not call.text.isascii() for call in made)


def test_the_right_answer_is_right() -> None:
    call = Call(7, "Grüße 🦊")
    assert is_right_answer(call, 200, answer(7, "Grüße 🦊"))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, answer(7, "Grüße")),
        (200, answer("7", "Grüße")),
        (200, answer(8, "Grüße")),
        (200, answer(7, "Grusse")),
        (200, answer(7, "Grüße", structuredContent={"result": "other"})),
        (200, answer(7, "Grüße", isError=True)),
        (200, b'{"jsonrpc":"2.0","id":7,"error":{"code":-32603,"message":"no"}}'),
        (200, b"Gr"),
    ],
)
def test_every_other_answer_is_wrong(status: int, body: bytes) -> None:
    assert not is_right_answer(Call(7, "Grüße"), status, body)


def test_other_bytes_are_judged_by_what_they_say(tmp_path: Path) -> None:
    first, second = calls()[:2]
    rehearsed = Rehearsed((), tmp_path / "unused.lua", is_right_answer)
    right = answer(first.id, first.text).hex()
    assert wrong_among(f"RESULT {{}}\nUNKNOWN 3 1 {right}\nUNKNOWN 4 0 {right}\n", rehearsed) == 0
    assert wrong_among(f"UNKNOWN 3 2 {right}\nUNKNOWN 4 0 {answer(second.id, first.text).hex()}\n", rehearsed) == 7
    assert wrong_among("UNKNOWN 2 0 \n", rehearsed) == 2


def test_a_gateway_is_asked_in_its_own_words() -> None:
    call, older = calls()[0], Dialect(tool="bench-echo", version="2025-11-25")
    message = json.loads(older.body(call))
    assert (message["id"], message["params"]) == (call.id, {"name": "bench-echo", "arguments": {"text": call.text}})
    assert headers(None, older)["MCP-Protocol-Version"] == "2025-11-25"
    assert json.loads(call.body)["params"].keys() == {"name", "arguments", "_meta"}


def test_a_stream_with_nothing_but_the_answer_counts_as_the_answer() -> None:
    right, call = answer(7, "Grüße"), Call(7, "Grüße")
    stream = b"event: message\ndata: " + right + b"\n\n"
    assert is_right_either_way(call, 200, right)
    assert is_right_either_way(call, 200, stream)
    assert not is_right_either_way(call, 200, stream + stream)
    assert not is_right_either_way(Call(8, "Grüße"), 200, stream)
