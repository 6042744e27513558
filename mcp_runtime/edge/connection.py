"""What one connection may take: headers of bounded number and size, and of the client's time as much as an honest one
needs to send a request whole and to read an answer on.

nginx keeps most of this away from replicas (`deploy/nginx`); here it holds without it, too.
"""

import socket
from asyncio import TimerHandle, Transport
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from mcp_runtime.edge.protocol import ExpressProtocol

HEAD_BYTES: Final = 64 * 1024
"""Request line and headers together."""

HEADERS_AT_MOST: Final = 100
UNACKNOWLEDGED_SECONDS: Final = 40
"""How long what was sent may go without an acknowledgement; with a stream's heartbeat every 15 s, a client that is gone
without a word is noticed within a minute."""


LINGER_SECONDS: Final = 1.0
"""How long a client that was turned away may still send, for nothing."""


class TooLargeError(Exception):
    """The head of a request is larger than it may be; the client has been told."""


class BoundedProtocol(ExpressProtocol):
    """One connection, within its bounds. Times are seconds."""

    head_seconds = 20.0
    """From the connection, or a request's first byte, to the end of its headers."""

    whole_seconds = 60.0
    """From a request's first byte to its last."""

    stalled_seconds = 30.0
    """How long a client may take nothing of what waits for it."""

    _is_arriving = _is_in_head = True
    _is_first = True
    _has_parsed = _is_refused = False
    _arriving_since: float | None = None
    _head_bytes = 0
    _unwritten = 0
    _arrival_timer: TimerHandle | None = None
    _stall_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """The first request is awaited."""
        super().connection_made(transport)
        self._arriving_since = self.loop.time()
        self._arrival_timer = self.loop.call_later(self.head_seconds, self._watch_arrival)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        for timer in (self._arrival_timer, self._stall_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, then see whether a request has begun and is not whole."""
        if self._is_refused:
            return
        self._head_bytes = self._head_bytes + len(data) if self._is_in_head else len(data)
        self._has_parsed = False
        super().data_received(data)
        if self._is_arriving or not self._has_parsed:
            self._await_rest()

    def on_message_begin(self) -> None:
        """A request's first byte."""
        if self._is_first:
            self._is_first = False  # its time runs from the connection
        else:
            self._arriving_since = None
        self._has_parsed = self._is_arriving = self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Go on with a head that is not too large. Raises TooLargeError: the parser stops there."""
        self._is_in_head = False
        if len(self.headers) > HEADERS_AT_MOST or (self._head_bytes > HEAD_BYTES and self._is_head_large()):
            self._turn_away(431)
            raise TooLargeError
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._is_arriving, self._has_parsed = False, True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Say that the request is no HTTP, unless something else has been said about it."""
        if not self._is_refused:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """The client does not read on: watch it."""
        super().pause_writing()
        self._unwritten = self.transport.get_write_buffer_size()
        if self._stall_timer is None:
            self._stall_timer = self.loop.call_later(self.stalled_seconds, self._watch_reader)

    def resume_writing(self) -> None:
        """It does."""
        super().resume_writing()
        if self._stall_timer is not None:
            self._stall_timer.cancel()
            self._stall_timer = None

    def _await_rest(self) -> None:
        if not self._is_arriving:  # blank lines before a request begin none, and yet somebody is sending
            if self._is_answering():
                return
            self._is_arriving = self._is_in_head = True
            self._arriving_since = None
        if self._arriving_since is None:
            self._arriving_since = self.loop.time()
        if self._arrival_timer is None:
            limit = self.head_seconds if self._is_in_head else self.whole_seconds
            self._arrival_timer = self.loop.call_later(limit, self._watch_arrival)
        is_long = self._is_in_head and self._head_bytes > HEAD_BYTES
        if (is_long or len(self.headers or ()) > HEADERS_AT_MOST) and not self._is_refused:
            self._turn_away(431)

    def _is_answering(self) -> bool:
        """An earlier request, which is whole, has no whole answer yet."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete and not cycle.more_body

    def _watch_arrival(self) -> None:
        """Close where a request takes too long. A client that still waits for an answer, or is not being read from, has
        time."""
        self._arrival_timer = None
        if not self._is_arriving or self._is_refused or self.transport.is_closing():
            return
        now = self.loop.time()
        limit = self.head_seconds if self._is_in_head else self.whole_seconds
        has_time = self.flow.read_paused or self._is_answering()
        left = limit if has_time else (self._arriving_since or now) + limit - now
        if left > 0:
            self._arrival_timer = self.loop.call_later(left, self._watch_arrival)
        elif self._head_bytes == 0:
            self.transport.close()  # it never asked for anything
        else:
            self._turn_away(408)

    def _watch_reader(self) -> None:
        """Hang up on a client that has taken nothing."""
        self._stall_timer = None
        waiting = self.transport.get_write_buffer_size()
        if waiting >= self._unwritten:
            self.transport.abort()
        else:
            self._unwritten = waiting
            self._stall_timer = self.loop.call_later(self.stalled_seconds, self._watch_reader)

    def _is_head_large(self) -> bool:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_BYTES

    def _turn_away(self, status: int) -> None:
        """Say why, where nothing else is being said, and close."""
        self._is_refused = True
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and cycle.response_started and not cycle.response_complete:
            self.transport.abort()
            return
        head = b"".join(b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)
        self.transport.write(STATUS_LINE[status] + head + b"connection: close\r\ncontent-length: 0\r\n\r\n")
        # Closed at once, with something unread, the system would tell the client that the connection is broken instead.
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


def give_up_on_the_lost(listener: socket.socket) -> None:
    """Have the system end connections to clients that are gone without a word; what is accepted inherits it."""
    options: list[tuple[int, str, Any]] = [
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 30),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 10),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", UNACKNOWLEDGED_SECONDS * 1000),
    ]
    for level, name, value in options:
        if hasattr(socket, name):  # not every system has each of them
            listener.setsockopt(level, getattr(socket, name), value)
