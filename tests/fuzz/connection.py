"""One kept connection of a client that sends any bytes as a body, and reads whole answers: no more than HTTP."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import httptools

ENDLESS: Final = b'"notifications/subscriptions/acknowledged"'
"""What an answer that need not end begins with; whoever reads it has seen enough."""


@dataclass(slots=True)
class Reply:
    """An answer. `is_left_open` where its stream did not end, and needn't."""

    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""
    is_left_open: bool = False


class Connection(asyncio.Protocol):
    """Asks one thing after the other; connects anew where the server has closed, or a stream stays open."""

    def __init__(self, port: int, path: bytes) -> None:
        self._port, self._start = port, b"POST " + path + b" HTTP/1.1\r\n"
        self._transport: asyncio.Transport | None = None

    async def ask(self, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Reply:
        """Send one request, and wait for the answer. Raises ConnectionError where there is none, or none of HTTP."""
        if self._transport is None or self._transport.is_closing():
            await self._connect()
        self._reply, self._chunks = Reply(), list[bytes]()
        self._answered: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        lines = [self._start, *(b"%b: %b\r\n" % pair for pair in headers)]
        assert self._transport is not None
        self._transport.write(b"".join((*lines, b"content-length: %d\r\n\r\n" % len(body), body)))
        return await self._answered

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None

    async def _connect(self) -> None:
        self._transport, _ = await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", self._port)

    def data_received(self, data: bytes) -> None:
        """asyncio: some of the answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"no HTTP: {error}")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the server has closed, which no answer needs."""
        self._transport = None
        self._fail("closed without a whole answer")

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools."""
        self._reply.headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        """httptools."""
        self._chunks.append(body)
        if ENDLESS in body:
            self._reply.is_left_open = True

    def on_chunk_complete(self) -> None:
        """httptools: a stream that stays open is left once its first message is whole."""
        if self._reply.is_left_open and not self._answered.done():
            asyncio.get_running_loop().call_soon(self._leave)

    def on_message_complete(self) -> None:
        """httptools."""
        self._reply.status = self._parser.get_status_code()
        if self._reply.status >= 200 and not self._answered.done():
            self._reply.body, self._reply.is_left_open = b"".join(self._chunks), False
            self._answered.set_result(self._reply)
            if not self._parser.should_keep_alive():
                self.close()

    def _leave(self) -> None:
        if not self._answered.done():
            self._reply.status, self._reply.body = self._parser.get_status_code(), b"".join(self._chunks)
            self._answered.set_result(self._reply)
            self.close()

    def _fail(self, why: str) -> None:
        answered = getattr(self, "_answered", None)
        if answered is not None and not answered.done():
            answered.set_exception(ConnectionError(why))
