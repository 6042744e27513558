"""One connection, and the HTTP/1.1 messages on it (RFC 9112), with everything that comes in counted as it comes."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import h11

from egress.clock import Clock
from egress.connecting import READ_SIZE
from egress.errors import EgressFailed, EgressRefused
from egress.outgoing import LARGEST_HEADERS, MOST_HEADERS, Body

MOST_INTERIM: Final = 4
WITHOUT_BODY: Final = (204, 304)


class Connection:
    """To one host, for one exchange after the other. Raises EgressRefused and EgressFailed.

    Nothing is waited for but within a clock. Abort it, unless it `is_reusable` after its answer has ended.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEADERS)
        self._left = 0
        self._ended = False
        self.opened_at = asyncio.get_running_loop().time()
        self.has_answered = False

    async def send(self, request: h11.Request, body: Body, clock: Clock, largest: int) -> None:
        """Send the request, `largest` bytes of a body at most."""
        self._left, self.has_answered = 4 * LARGEST_HEADERS, False
        try:
            if isinstance(body, bytes):
                # In one piece: a head alone costs a packet, and wakes the other side for nothing.
                head = self._protocol.send(request) or b""
                await self._write(head + self._data(body, largest), clock)
            else:
                await self._write(self._protocol.send(request), clock)
                async for piece in body:
                    await self._write(self._data(piece, largest), clock)
                    largest -= len(piece)
            await self._write(self._protocol.send(h11.EndOfMessage()), clock)
        except OSError:
            # A host may answer before it has read everything, and close. Whether it did is seen in what comes.
            return

    def _data(self, data: bytes, largest: int) -> bytes:
        if len(data) > largest:
            raise EgressRefused("request_too_large")
        return (self._protocol.send(h11.Data(data=data)) or b"") if data else b""

    async def _write(self, data: bytes | None, clock: Clock) -> None:
        if not data:
            return
        self._writer.write(data)
        if self._writer.transport.get_write_buffer_size():  # else the system has taken all of it
            async with clock.wait():
                await self._writer.drain()

    async def head(self, clock: Clock, *, method: str) -> h11.Response:
        """The head of the answer, after a few interim ones at most."""
        for _ in range(MOST_INTERIM + 1):
            event = await self._next(clock)
            if isinstance(event, h11.Response):
                self._check_head(event, method)
                return event
        raise EgressFailed("bad_response")

    def _check_head(self, head: h11.Response, method: str) -> None:
        names = [name for name, _ in head.headers]
        if len(names) > MOST_HEADERS or _size(head.headers) > LARGEST_HEADERS:
            raise EgressRefused("headers_too_large")
        # Without one a body ends where the connection does, and can't be told from a part; with both it ends twice.
        framings = {b"content-length", b"transfer-encoding"} & set(names)
        if len(framings) > 1 or (not framings and method != "HEAD" and head.status_code not in WITHOUT_BODY):
            raise EgressFailed("bad_response")

    def allow(self, largest: int) -> None:
        """What may come from now on: no chunking of so many bytes needs more than twice as many."""
        self._left += 2 * largest

    async def data(self, clock: Clock) -> bytes | None:
        """The next piece of the body, None after the last."""
        event = await self._next(clock)
        if isinstance(event, h11.Data):
            return bytes(event.data)
        if not isinstance(event, h11.EndOfMessage):
            raise EgressFailed("bad_response")
        return None

    async def _next(self, clock: Clock) -> object:
        """The next event of the answer, read for where it has not come."""
        try:
            while (event := self._protocol.next_event()) is h11.NEED_DATA:
                async with clock.wait():
                    data = await self._reader.read(READ_SIZE)
                self.has_answered = self.has_answered or bool(data)
                self._ended = not data
                self._left -= len(data)
                if self._left < 0:
                    raise EgressRefused("body_too_large")
                self._protocol.receive_data(data)
        except h11.RemoteProtocolError as error:
            raise EgressFailed("cut_short" if self._ended else "bad_response") from error
        except OSError as error:
            raise EgressFailed("cut_short") from error
        return event

    def renew(self) -> bool:
        """Make ready for the next exchange. False where the connection is good for none."""
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        if self._protocol.trailing_data[0]:
            return False
        self._protocol.start_next_cycle()
        return True

    async def is_quiet(self) -> bool:
        """Whether the host has neither closed the connection meanwhile nor said what nobody asked for."""
        for _ in range(2):  # so that the loop hands on what has come
            await asyncio.sleep(0)
        try:
            async with asyncio.timeout(0):
                await self._reader.read(1)
        except TimeoutError:
            return True
        except OSError:
            return False
        return False

    def abort(self) -> None:
        """Close it at once, without the farewell of TLS: the other side could let us wait for its part of that."""
        self._writer.transport.abort()

    async def closed(self) -> None:
        """Abort it, and wait until the socket is closed."""
        self.abort()
        with suppress(OSError):
            await self._writer.wait_closed()


def _size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
