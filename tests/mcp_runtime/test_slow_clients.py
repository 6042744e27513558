"""Clients that send slowly, too much, or read nothing hold no connection for long; others are served meanwhile."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest

from mcp_runtime.contract.announcements import resource_updated
from mcp_runtime.edge.connection import HEAD_BYTES, HEADERS_AT_MOST, BoundedProtocol, give_up_on_the_lost
from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import initialize, legacy_headers, post
from tests.mcp_runtime.legacy_client import request as legacy_request
from tests.mcp_runtime.library import stock
from tests.mcp_runtime.probe_toolkit import Watch
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, modern_request, replica

pytestmark = pytest.mark.anyio

LINE = b"POST /mcp/acme/desk HTTP/1.1\r\nHost: localhost\r\n"
LATE = b"HTTP/1.1 408 "
LARGE = b"HTTP/1.1 431 "


class HastyProtocol(BoundedProtocol):
    """The same bounds, soon reached."""

    head_seconds, whole_seconds, stalled_seconds = 0.2, 0.4, 0.2
    looked = 0

    def _watch_arrival(self) -> None:
        HastyProtocol.looked += 1
        super()._watch_arrival()


@pytest.fixture
async def hasty(record: Record, empty_store: str, probe: Watch) -> AsyncIterator[Replica]:
    """A replica that has little patience."""
    async with replica(record, empty_store, protocol=HastyProtocol) as running:
        yield running


async def connect(running: Replica) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that no client keeps to any rule on."""
    return await asyncio.open_connection("127.0.0.1", running.http.base_url.port)


async def rest(running: Replica, *sent: bytes, again: bytes = b"") -> bytes:
    """What comes back on a connection until the server closes it; `again` is sent every now and then."""
    reader, writer = await connect(running)
    for data in sent:
        writer.write(data)
    reading = asyncio.ensure_future(reader.read())
    async with asyncio.timeout(20):
        while not (await asyncio.wait({reading}, timeout=0.03))[0]:
            writer.write(again)
    writer.close()
    return await reading


def request(method: str = "tools/list", params: dict[str, Any] | None = None, extra: bytes = b"") -> bytes:
    """A whole request, as bytes."""
    made = modern_request(method, params=params or {})
    headers = b"".join(f"{name}: {value}\r\n".encode() for name, value in made["headers"].items())
    body: bytes = made["content"]
    return LINE + extra + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    ("sent", "again", "answer"),
    [
        ([], b"", b""),
        ([LINE], b"", LATE),
        ([LINE], b"X: y\r\n", LATE),
        ([LINE + b"X: "], b"y", LATE),
        ([], b"\r\n", LATE),
        ([LINE + b"Content-Length: 9\r\n\r\n"], b"", LATE),
        ([request()[:-1]], b"", LATE),
        (
            [request(extra=b"Transfer-Encoding: chunked\r\n").replace(b"Content-Length", b"X-Length")[:-9]],
            b"",
            b"HTTP/1.1 400 ",
        ),
    ],
)
async def test_a_request_that_does_not_arrive_is_given_up(
    hasty: Replica, sent: list[bytes], again: bytes, answer: bytes
) -> None:
    assert (await rest(hasty, *sent, again=again)).startswith(answer)


async def test_a_body_that_comes_byte_by_byte_is_given_up(hasty: Replica) -> None:
    large = request().replace(b"Content-Length: ", b"Content-Length: 9")
    assert (await rest(hasty, large, again=b" ")).startswith(LATE)


async def test_a_second_request_has_the_same_time_as_the_first(hasty: Replica) -> None:
    answer = await rest(hasty, request(), again=b"P")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"HTTP/1.1 400 " in answer or LATE in answer


@pytest.mark.parametrize("more", [b"\r\n", b"PO", LINE])
async def test_what_comes_too_early_takes_nothing_from_an_answer(hasty: Replica, probe: Watch, more: bytes) -> None:
    called = request("tools/call", {"name": "wait", "arguments": {"steps": 1}})
    reader, writer = await connect(hasty)
    async with asyncio.timeout(20):
        writer.write(called.replace(b", text/event-stream", b""))
        await probe.began.wait()
        before = HastyProtocol.looked
        writer.write(more)
        while HastyProtocol.looked < before + (0 if more == b"\r\n" else 3):
            await asyncio.sleep(0.01)
        probe.hold.set()
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        if more != b"\r\n":
            assert LATE in await reader.read()
    writer.close()


async def test_whoever_sends_in_time_is_served(hasty: Replica) -> None:
    reader, writer = await connect(hasty)
    whole = request()
    async with asyncio.timeout(20):
        for _ in range(3):
            for part in (whole[:5], whole[5:90], whole[90:-3], whole[-3:]):
                writer.write(part)
                await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200 ")
            await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
    writer.close()


@pytest.mark.parametrize(
    "extra",
    [
        b"".join(b"X-%d: y\r\n" % number for number in range(HEADERS_AT_MOST + 1)),
        b"X: " + b"y" * HEAD_BYTES + b"\r\n",
        b"X: " + b"y" * 10 * HEAD_BYTES,
        b"".join(b"X-%d: %b\r\n" % (number, b"y" * 2_000) for number in range(60)),
    ],
)
async def test_a_head_that_is_too_large_is_refused(served: Replica, extra: bytes) -> None:
    assert (await rest(served, request(extra=extra))).startswith(LARGE)
    assert (await rest(served, LINE + extra)).startswith(LARGE)


async def test_an_endless_address_is_refused(served: Replica) -> None:
    assert (await rest(served, b"POST /mcp/acme/desk?" + b"x" * 10 * HEAD_BYTES)).startswith(LARGE)


async def test_a_large_head_within_the_bounds_is_served(served: Replica) -> None:
    extra = b"".join(b"X-%d: %b\r\n" % (number, b"y" * 700) for number in range(HEADERS_AT_MOST - 20))
    assert (await rest(served, request(extra=extra + b"Connection: close\r\n"))).startswith(b"HTTP/1.1 200 ")


async def test_headers_after_the_body_are_bounded_as_well(served: Replica) -> None:
    head = request(extra=b"Transfer-Encoding: chunked\r\n").split(b"Content-Length")[0] + b"\r\n"
    trailers = b"".join(b"X-%d: %b\r\n" % (number, b"y" * 500) for number in range(3_000))
    answer = await rest(served, head, b"2\r\n{}\r\n0\r\n", trailers)
    assert answer.startswith((LARGE, b"HTTP/1.1 400 "))


async def ask_on(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send the same again and again, as long as the connection holds."""
    while True:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_a_client_that_reads_nothing_is_hung_up_on(hasty: Replica) -> None:
    _, writer = await connect(hasty)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    large = request("tools/call", {"name": "fill", "arguments": {"length": 400_000}})
    async with asyncio.timeout(20):
        with pytest.raises(ConnectionError):
            await ask_on(writer, large)
    assert (await hasty.modern("tools/list")).status_code == 200


URIS = [f"shelf://{number}/{'x' * 2_000}" for number in range(10)]


async def open_stalled(running: Replica, era: str) -> asyncio.StreamWriter:
    """A stream that stays open, with much to be told on it, whose client reads no more than that it is open."""
    if era == "modern":
        asked = request("subscriptions/listen", {"notifications": {"resourceSubscriptions": URIS}})
    else:
        session = await initialize(running)
        for uri in URIS:
            assert (
                await post(running, legacy_request("resources/subscribe", uri=uri), ADA, session)
            ).status_code == 200
        headers = "".join(f"{name}: {value}\r\n" for name, value in legacy_headers(ADA, session).items())
        asked = LINE.replace(b"POST", b"GET") + headers.encode() + b"\r\n"
    reader, writer = await connect(running)
    writer.write(asked)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    return writer


@pytest.mark.parametrize("era", ["modern", "legacy"])
async def test_a_stream_that_nobody_reads_is_closed(hasty: Replica, record: Record, era: str) -> None:
    stock(record)
    async with asyncio.timeout(20):
        writer = await open_stalled(hasty, era)
        while not hasty.runtime.metrics.streams_open:
            await asyncio.sleep(0.01)
        while hasty.runtime.metrics.streams_open:
            for uri in URIS:
                hasty.runtime.announcements.tell(resource_updated("id-of-acme-desk", uri))
            await asyncio.sleep(0.01)
        while len(hasty.runtime.listeners):
            await asyncio.sleep(0.01)
    writer.transport.abort()


async def test_the_system_gives_up_on_clients_that_are_gone() -> None:
    with socket.socket() as listener:
        give_up_on_the_lost(listener)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 40_000
