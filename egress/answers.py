"""What comes back: counted, unpacked where it must be, and given piece by piece or as a whole."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import h11

from egress.clock import Clock
from egress.connection import WITHOUT_BODY, Connection
from egress.errors import EgressError, EgressRefused
from egress.inflating import Inflater
from egress.outgoing import Headers
from egress.purposes import Limits, Rules

MOMENT: Final = 0.02
LITTLE: Final = 8 * 1024
"""Seconds and bytes for the rest of an answer that is left: less than a new connection would take."""
_EVENT_STREAM: Final = "text/event-stream"
_OF_THE_FRAMING: Final = frozenset({"content-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, complete and within its limits. Header names are lower case, in the order they came."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas (RFC 9110, 5.3); None where there is none."""
        return _header(self.headers, name)


class Answer:
    """An answer whose head has come. `url` is where it came from in the end. Close it: `aclose`, or `Door.open`.
    `is_kept`: its connection is good for another once it has ended.

    Its methods raise EgressRefused and EgressFailed, and close it then.
    """

    def __init__(
        self, head: h11.Response, connection: Connection, clock: Clock, *, url: str, method: str, is_kept: bool
    ) -> None:
        self.status = head.status_code
        self.headers: Headers = tuple((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
        self.url = url
        self._has_body = method != "HEAD" and head.status_code not in WITHOUT_BODY
        self._connection = connection
        self._clock = clock
        self._largest = 0
        self._inflater: Inflater | None = None
        self._is_kept = is_kept
        self._is_reading = False
        self._on_end: Callable[[bool], Awaitable[None]] | None = None
        self._on_error: Callable[[EgressError], None] | None = None

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas (RFC 9110, 5.3); None where there is none."""
        return _header(self.headers, name)

    def admit(self, rules: Rules, limits: Limits) -> None:
        """Take on the limits of its purpose, before anything of the body is read."""
        self._largest = limits.largest
        if limits.stream_deadline is not None and self._is_event_stream():
            self._largest = limits.largest_stream
            self._clock.allow(limits.stream_deadline)
        if self._has_body:
            self._admit_body(rules)
        self._connection.allow(self._largest)

    def _admit_body(self, rules: Rules) -> None:
        codings = [value.lower() for name, value in self.headers if name == "content-encoding"]
        if codings not in ([], ["identity"]):
            if not rules.inflates:
                raise EgressRefused("compressed")
            self._inflater = Inflater(", ".join(codings))
            self.headers = tuple(header for header in self.headers if header[0] not in _OF_THE_FRAMING)
        elif int(self.header("content-length") or 0) > self._largest:
            raise EgressRefused("body_too_large")

    def _is_event_stream(self) -> bool:
        return (self.header("content-type") or "").partition(";")[0].strip().lower() == _EVENT_STREAM

    def when_over(self, on_end: Callable[[bool], Awaitable[None]], on_error: Callable[[EgressError], None]) -> None:
        """`on_end` hears that it is over, and whether it came to its end; `on_error` why it did not."""
        self._on_end, self._on_error = on_end, on_error

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Once."""
        try:
            async for piece in self._counted():
                yield piece
        except EgressError as error:
            if self._on_error is not None:
                self._on_error(error)
            await self._end(whole=False)
            raise
        await self._end(whole=True)

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([piece async for piece in self.chunks()])

    async def aclose(self) -> None:
        """Be done with it; where it has not ended, and does not within a moment, the connection is closed.

        Readers of event streams leave at the last event that they want, an instant before the stream ends.
        """
        whole = False
        try:
            whole = self._on_end is not None and self._is_kept and await self._ends_at_once()
        finally:
            await self._end(whole=whole)

    async def _ends_at_once(self) -> bool:
        if self._is_reading:
            return False
        try:
            async with asyncio.timeout(MOMENT):
                left = LITTLE
                while left > 0 and (data := await self._connection.data(self._clock)) is not None:
                    left -= len(data)
        except (TimeoutError, EgressError):
            return False
        return left > 0

    async def _end(self, *, whole: bool) -> None:
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            await on_end(whole)

    async def _counted(self) -> AsyncIterator[bytes]:
        came = given = 0
        while (data := await self._data()) is not None:
            came += len(data)
            for piece in (data,) if self._inflater is None else self._inflater.pieces(data):
                given += len(piece)
                if max(came, given) > self._largest:
                    raise EgressRefused("body_too_large" if self._inflater is None else "inflated_too_large")
                yield piece
        if self._inflater is not None and came:
            self._inflater.check_end()

    async def _data(self) -> bytes | None:
        self._is_reading = True
        try:
            return await self._connection.data(self._clock)
        finally:
            self._is_reading = False


def _header(headers: Headers, name: str) -> str | None:
    values = [value for key, value in headers if key == name.lower()]
    return ", ".join(values) if values else None
