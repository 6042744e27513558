"""One HTTP/1.1 request and its answer (RFC 9112), with everything that comes in counted while it comes."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import h11

from egress.connecting import READ_SIZE
from egress.errors import EgressFailed, EgressRefused
from egress.urls import Target

MOST_HEADERS: Final = 100
LARGEST_HEADERS: Final = 16 * 1024
MOST_INTERIM: Final = 4
_NO_BODY: Final = (204, 304)
_NOT_MODIFIED: Final = 304

NOT_THE_CALLERS: Final = frozenset(
    b"accept-encoding connection content-length cookie expect host keep-alive proxy-authorization proxy-connection te "
    b"trailer transfer-encoding upgrade".split()
)
"""Headers of the connection, of a body that is not sent, of proxies, and cookies."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, complete and within its limits. Header names are lower case, in the order they came."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by commas (RFC 9110, 5.3); None where there is none."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None


def get_request(target: Target, headers: Mapping[str, str]) -> h11.Request:
    """The request for a target. Raises EgressRefused (header_not_allowed)."""
    try:
        given = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
        ours = [
            (b"Host", target.authority.encode("ascii")),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"close"),
        ]
        if not any(name.lower() == b"user-agent" for name, _ in given):
            ours.append((b"User-Agent", b"Atrium"))
        request = h11.Request(method="GET", target=target.request_target, headers=[*ours, *given])
    except (UnicodeEncodeError, h11.LocalProtocolError) as error:
        raise EgressRefused("header_not_allowed") from error
    if any(name.lower() in NOT_THE_CALLERS for name, _ in given):
        raise EgressRefused("header_not_allowed")
    return request


class Exchange:
    """A request on a fresh connection, until its answer is complete. Raises EgressRefused and EgressFailed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, max_bytes: int) -> None:
        self._reader = reader
        self._writer = writer
        self._max_bytes = max_bytes
        # What no chunking of a body that may come could need.
        self._left = 2 * max_bytes + 4 * LARGEST_HEADERS
        self._ended = False
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEADERS)

    async def run(self, request: h11.Request) -> Fetched:
        """Send the request and read the answer."""
        try:
            sent = [self._protocol.send(request), self._protocol.send(h11.EndOfMessage())]
            self._writer.write(b"".join(data for data in sent if data))
            await self._writer.drain()
            head = await self._head()
            self._check_head(head)
            body = await self._body()
        except h11.RemoteProtocolError as error:
            raise EgressFailed("cut_short" if self._ended else "bad_response") from error
        except OSError as error:
            raise EgressFailed("cut_short") from error
        names_and_values = ((name.decode("ascii"), value.decode("latin-1")) for name, value in head.headers)
        return Fetched(head.status_code, tuple(names_and_values), body)

    async def _head(self) -> h11.Response:
        for _ in range(MOST_INTERIM + 1):
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
        raise EgressFailed("bad_response")

    def _check_head(self, head: h11.Response) -> None:
        names = [name for name, _ in head.headers]
        if len(names) > MOST_HEADERS or _size(head.headers) > LARGEST_HEADERS:
            raise EgressRefused("headers_too_large")
        if head.status_code // 100 == 3 and head.status_code != _NOT_MODIFIED:
            raise EgressRefused("redirected")
        if any(name == b"content-encoding" and value.lower() != b"identity" for name, value in head.headers):
            raise EgressRefused("compressed")
        # Without one a body ends where the connection does, and can't be told from a part; with both it ends twice.
        framings = {b"content-length", b"transfer-encoding"} & set(names)
        if len(framings) != 1 and head.status_code not in _NO_BODY:
            raise EgressFailed("bad_response")
        if int(dict(head.headers).get(b"content-length", b"0")) > self._max_bytes:
            raise EgressRefused("body_too_large")

    async def _body(self) -> bytes:
        body = bytearray()
        while isinstance(event := await self._next(), h11.Data):
            body += event.data
            if len(body) > self._max_bytes:
                raise EgressRefused("body_too_large")
        if not isinstance(event, h11.EndOfMessage):
            raise EgressFailed("bad_response")
        return bytes(body)

    async def _next(self) -> object:
        """The next event of the answer, read for where it has not come."""
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            data = await self._reader.read(READ_SIZE)
            self._ended = not data
            self._left -= len(data)
            if self._left < 0:
                raise EgressRefused("body_too_large")
            self._protocol.receive_data(data)
        return event


def _size(headers: Iterable[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) for name, value in headers)
