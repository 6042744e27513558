"""Connections under the express protocol behave like under uvicorn's own: framing, order, idleness, the end."""

import asyncio
from typing import Any

import pytest

from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica, modern_request, replica

pytestmark = pytest.mark.anyio


def raw(name: str, arguments: dict[str, Any], number: int, *, chunked: bool = False) -> bytes:
    """A call as bytes on the wire."""
    request = modern_request("tools/call", params={"name": name, "arguments": arguments}, id=number)
    body = request["content"]
    lines = [f"POST {ACME} HTTP/1.1", "Host: 127.0.0.1"] + [f"{k}: {v}" for k, v in request["headers"].items()]
    if chunked:
        head = "\r\n".join([*lines, "Transfer-Encoding: chunked"]).encode()
        return head + b"\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    return "\r\n".join([*lines, f"Content-Length: {len(body)}"]).encode() + b"\r\n\r\n" + body


class Connection:
    """One TCP connection to a replica."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def answer(self) -> bytes:
        """The next whole response."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.splitlines() if line.lower().startswith(b"content-length")
        )
        return head + await self.reader.readexactly(length)


async def connect(running: Replica) -> Connection:
    url = running.http.base_url
    return Connection(*await asyncio.open_connection(url.host, url.port))


async def warm(running: Replica) -> None:
    for name, arguments in (("echo", {"text": "x"}), ("pause", {"turns": 1})):
        await running.call(name, arguments)


async def test_pipelined_requests_are_answered_in_order(served: Replica) -> None:
    await warm(served)
    connection = await connect(served)
    calls = [("echo", {"text": f"t{n}"}) if n % 3 else ("pause", {"turns": 5}) for n in range(12)]
    connection.writer.write(b"".join(raw(name, arguments, n) for n, (name, arguments) in enumerate(calls)))
    async with asyncio.timeout(10):
        for number in range(12):
            assert b'"id":%d,' % number in await connection.answer()


async def test_a_request_may_come_byte_by_byte_and_in_chunks(served: Replica) -> None:
    await warm(served)
    connection = await connect(served)
    async with asyncio.timeout(10):
        for byte in raw("echo", {"text": "slowly"}, 1):
            connection.writer.write(bytes([byte]))
            await connection.writer.drain()
        assert b'"result":"slowly"' in await connection.answer()
        connection.writer.write(raw("echo", {"text": "in chunks"}, 2, chunked=True))
        assert b'"result":"in chunks"' in await connection.answer()
        connection.writer.write(raw("echo", {"text": "x" * 200_000}, 3))
        assert b'"id":3,' in await connection.answer()
        connection.writer.write(raw("echo", {"text": "and again"}, 4))
        assert b'"result":"and again"' in await connection.answer()


async def test_a_connection_close_is_obeyed(served: Replica) -> None:
    await warm(served)
    connection = await connect(served)
    connection.writer.write(raw("echo", {"text": "x"}, 1).replace(b"Host:", b"Connection: close\r\nHost:", 1))
    async with asyncio.timeout(10):
        assert b"connection: close" in (await connection.answer()).lower()
        assert await connection.reader.read() == b""


async def test_an_idle_connection_is_closed_and_a_busy_one_is_not(record: Record, empty_store: str, probe: Any) -> None:
    async with replica(record, empty_store, keep_alive=1) as running, asyncio.timeout(15):
        await warm(running)
        connection = await connect(running)
        half = raw("echo", {"text": "late"}, 1)
        connection.writer.write(raw("echo", {"text": "x"}, 0))
        await connection.answer()
        connection.writer.write(half[:50])
        idle = await connect(running)
        idle.writer.write(raw("echo", {"text": "x"}, 0))
        await idle.answer()
        assert await idle.reader.read() == b""
        connection.writer.write(half[50:])
        assert b'"result":"late"' in await connection.answer()


async def test_a_request_under_way_is_served_while_draining(record: Record, empty_store: str, probe: Any) -> None:
    async with asyncio.timeout(15):
        async with replica(record, empty_store) as running:
            await warm(running)
            connection = await connect(running)
            whole = raw("echo", {"text": "to the end"}, 1)
            connection.writer.write(whole[:-5])
            await connection.writer.drain()
            await running.call("echo", {"text": "after those bytes"})
            closing = asyncio.get_running_loop().call_later(0.3, connection.writer.write, whole[-5:])
        assert b'"result":"to the end"' in await connection.answer()
        assert not closing.cancelled()
