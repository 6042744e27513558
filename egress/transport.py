"""The way out as a transport of httpx2, through which the MCP SDK's client speaks."""

from collections.abc import AsyncIterator
from typing import Final

import httpx2

from egress.answers import Answer
from egress.denials import Caller
from egress.door import Door
from egress.errors import EgressError
from egress.outgoing import NOT_THE_CALLERS, Body, Headers, Outgoing, Redirects
from egress.redirects import without_secrets

_FROM_THE_CLIENT: Final = frozenset(name.decode("ascii") for name in NOT_THE_CALLERS)
"""Headers that httpx2 sets by itself. The door sets its own."""


class EgressTransportError(httpx2.TransportError):
    """What httpx2 and the SDK see of an EgressError. `reason` is its reason, and it is the cause."""

    def __init__(self, error: EgressError, request: httpx2.Request) -> None:
        super().__init__(str(error), request=request)
        self.reason = error.reason


class EgressTransport(httpx2.AsyncBaseTransport):
    """For an `httpx2.AsyncClient` of one caller and one upstream: `origin` is any URL of it, and the only origin that
    sees credentials. Answers that lead elsewhere are handed over; what the client then asks for is checked anew.

    The door outlives the client: closing the client leaves it open. Raises ValueError for an origin that is no URL.
    """

    def __init__(
        self, door: Door, caller: Caller, *, origin: str, secret_headers: frozenset[str] = frozenset()
    ) -> None:
        self._door = door
        self._caller = caller
        self._origin = httpx2.URL(origin)
        self._secret_headers = secret_headers

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See httpx2. Raises EgressTransportError."""
        outgoing = Outgoing(
            str(request.url),
            method=request.method,
            headers=_given(request),
            body=await _body(request),
            secret_headers=self._secret_headers,
            redirects=Redirects.HAND_OVER,
            idle=(request.extensions.get("timeout") or {}).get("read"),
        )
        if not _is_same_origin(request.url, self._origin):
            outgoing = without_secrets(outgoing)
        try:
            answer = await self._door.send(outgoing, self._caller)
        except EgressError as error:
            raise EgressTransportError(error, request) from error
        return httpx2.Response(
            answer.status,
            headers=answer.headers,
            stream=_Stream(answer, request),
            extensions={"http_version": b"HTTP/1.1"},
        )


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, answer: Answer, request: httpx2.Request) -> None:
        self._answer = answer
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._answer.chunks():
                yield piece
        except EgressError as error:
            raise EgressTransportError(error, self._request) from error

    async def aclose(self) -> None:
        await self._answer.aclose()


def _given(request: httpx2.Request) -> Headers:
    return tuple((name, value) for name, value in request.headers.multi_items() if name not in _FROM_THE_CLIENT)


async def _body(request: httpx2.Request) -> Body:
    """What has a length is read, so that it is sent with one."""
    if isinstance(request.stream, httpx2.ByteStream) or "content-length" in request.headers:
        return await request.aread()
    if isinstance(request.stream, httpx2.AsyncByteStream) and "transfer-encoding" in request.headers:
        return request.stream
    return b""


def _is_same_origin(one: httpx2.URL, other: httpx2.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)
