"""What judges the answers sees each kind of fault; here they are planted."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.fuzz.campaign import Campaign
from tests.fuzz.cases import Case
from tests.fuzz.connection import Connection, Reply
from tests.fuzz.desk import serving
from tests.fuzz.judging import faults
from tests.fuzz.running import run

TOOLS = {"tools": [{"name": "a", "inputSchema": {"type": "object"}}]}
NOT_FOUND = {"code": -32601, "message": "no", "data": {"type": "method_not_found"}}
BAD = {"code": -32700, "message": "no", "data": {"type": "parse_error"}}


def case(body: Any, revision: str = "2025-11-25") -> Case:
    """A case with this body."""
    return Case(revision, 0, body if isinstance(body, bytes) else msgspec.json.encode(body), ())


def reply(status: int, *messages: Any, kind: str = "application/json") -> Reply:
    """An answer with these messages."""
    texts = [each if isinstance(each, bytes) else msgspec.json.encode(each) for each in messages]
    body = texts[0] if kind == "application/json" else b"".join(b"data: %b\n\n" % text for text in texts)
    return Reply(status, {b"content-type": kind.encode()}, body)


def streamed(*messages: Any) -> Reply:
    """A stream of these messages."""
    return reply(200, *messages, kind="text/event-stream")


def asked(request_id: Any = 1, method: str = "tools/list") -> dict[str, Any]:
    """A request."""
    return {"jsonrpc": "2.0", "id": request_id, "method": method}


def answered(request_id: Any = 1, **content: Any) -> dict[str, Any]:
    """A response."""
    return {"jsonrpc": "2.0", "id": request_id, **(content or {"result": TOOLS})}


NAMELESS = {"jsonrpc": "2.0", "error": BAD}
NOTIFICATION = {"jsonrpc": "2.0", "method": "notifications/initialized"}
PROGRESS = {"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}}


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (asked(), reply(200, answered())),
        (asked("1"), reply(200, answered("1"))),
        (asked(), reply(200, answered(error=NOT_FOUND))),
        (asked(), reply(404, answered(error=NOT_FOUND))),
        (asked(), streamed(PROGRESS, answered())),
        (asked(None), reply(400, NAMELESS)),
        (b"{", reply(400, NAMELESS)),
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}', reply(400, NAMELESS)),
        (NOTIFICATION, Reply(202)),
        ([asked(1), asked(2)], streamed(answered(2), answered(1))),
    ],
)
def test_answers_of_the_protocol_have_no_fault(sent: Any, got: Reply) -> None:
    assert faults(case(sent, "2025-03-26"), got) == []


@pytest.mark.parametrize(
    ("sent", "got", "named"),
    [
        (asked(), reply(500, NAMELESS), "status 500"),
        (asked(), reply(503, NAMELESS), "status 503"),
        (asked(), reply(200, answered(2)), "answers"),
        (asked(), reply(200, answered("1")), "answers"),
        (asked("1"), reply(200, answered(1)), "answers"),
        (asked(), reply(400, NAMELESS), "without the id"),
        (asked(), Reply(202), "202 for a request"),
        (b"{", Reply(202), "202 for a request"),
        (NOTIFICATION, Reply(202, {}, b"{}"), "202 with a body"),
        (NOTIFICATION, reply(200, answered()), "asks nothing"),
        (asked(), reply(200, answered(result={"tools": [{"name": "a"}]})), "no result of tools/list"),
        (asked(), reply(200, answered(result=[])), "no response"),
        (asked(), reply(200, {"id": 1, "result": TOOLS}), "no message"),
        (asked(), reply(400, answered()), "a result with status 400"),
        (asked(), reply(200, answered(error={"code": "x", "message": "no"})), "no response"),
        (asked(), reply(200, answered(error={"code": -1, "message": "no", "data": {"type": "new"}})), "in no table"),
        (asked(), reply(200, answered(error={**NOT_FOUND, "code": -32602})), "-32602 for method_not_found"),
        (asked(), reply(403, answered(error=NOT_FOUND)), "status 403 for method_not_found"),
        (asked(), reply(200, b'{"jsonrpc":"2.0","id":1,"id":1,"result":{}}'), "no answer of the protocol"),
        (asked(), reply(200, b'{"jsonrpc":"2.0","id":1,"result":{"x":NaN}}'), "no answer of the protocol"),
        (asked(), reply(200, b'{"jsonrpc":"2.0","id":1,"result":"\xff"}'), "no answer of the protocol"),
        (asked(), reply(200, b'{"jsonrpc":"2.0","id":1,"result":"\\ud800"}'), "no answer of the protocol"),
        (asked(), Reply(400, {b"content-type": b"text/plain"}, b"Invalid HTTP request received."), "no answer of the"),
        (asked(), streamed(PROGRESS), "answers"),
        (asked(), streamed({**PROGRESS, "params": {}}, answered()), "not as the schema has it"),
        (asked(), streamed(answered(), answered()), "answers"),
        ([asked(1), asked(2)], streamed(answered(1)), "answers"),
    ],
)
def test_every_kind_of_fault_is_named(sent: Any, got: Reply, named: str) -> None:
    assert any(named in fault for fault in faults(case(sent), got)), faults(case(sent), got)


async def answers_of(served: Callable[[asyncio.StreamWriter], None]) -> str:
    """How a connection fails at a server that answers like this."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        served(writer)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        connection = Connection(server.sockets[0].getsockname()[1], b"/")
        with pytest.raises(ConnectionError) as caught:
            await connection.ask((), b"")
        connection.close()
    return str(caught.value)


def test_a_connection_that_just_closes_is_no_answer() -> None:
    assert "closed" in run(answers_of(lambda _: None))
    assert "no HTTP" in run(answers_of(lambda writer: writer.write(b"hello\r\n\r\n")))


def test_a_campaign_says_how_to_see_each_fault_again(redis_url: str) -> None:
    async def blamed() -> tuple[list[str], Case]:
        async with serving(redis_url) as served:
            campaign = Campaign(served, "modern", 3, judge=lambda case, _: ["planted"] if case.number == 7 else [])
            outcome = await campaign.run(20)
            case, _ = await campaign.replay(7)
            return outcome.found, case

    (found,), again = run(blamed())
    assert found.startswith("python -m tests.fuzz modern --seed 3 --only 7: planted")
    assert repr(again.body[:400]) in found
