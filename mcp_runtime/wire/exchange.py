"""One HTTP request and its answer, as the wire layer sees them."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from mcp_runtime.protocol.jsonrpc import RequestId, encode
from mcp_runtime.refusals import Refusal
from mcp_runtime.wire.errors import error_object, status_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

ALLOW: Final[Header] = (b"allow", b"POST, DELETE, OPTIONS")
"""What an MCP endpoint answers at any time; GET only in a session, and not for a stream that has ended."""

JSON: Final[Header] = (b"content-type", b"application/json")
NOSNIFF: Final[Header] = (b"x-content-type-options", b"nosniff")
STREAM: Final[tuple[Header, ...]] = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),  # MCP streamable-http: proxies must not hold events back
    NOSNIFF,
)


class Exchange:
    """A request under way. `headers` has lower-case names; `extra` is added to every answer (CORS). `stays` is what an
    answer that stays open goes on with, once everything that was needed to begin it can be forgotten."""

    __slots__ = (
        "address",
        "extra",
        "headers",
        "path",
        "receive",
        "scope",
        "send",
        "server",
        "started",
        "stays",
        "tenant",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope, self.receive, self.send = scope, receive, send
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.path: str = scope["path"]
        self.extra: tuple[Header, ...] = ()
        self.tenant = self.server = self.address = ""
        self.started = False
        self.stays: Callable[[], Awaitable[None]] | None = None

    def forget_request(self) -> None:
        """Nobody asks for its headers any more."""
        self.headers = {}
        self.scope["headers"].clear()

    async def answer(self, status: int, body: bytes = b"", headers: tuple[Header, ...] = ()) -> None:
        """Send a whole answer."""
        self.started = True
        length = (b"content-length", b"%d" % len(body))
        await self.send(
            {"type": "http.response.start", "status": status, "headers": [length, NOSNIFF, *headers, *self.extra]}
        )
        await self.send({"type": "http.response.body", "body": body})

    async def answer_json(self, status: int, body: bytes, headers: tuple[Header, ...] = ()) -> None:
        """Send a whole answer of encoded JSON."""
        self.started = True
        length = (b"content-length", b"%d" % len(body))
        await self.send(
            {"type": "http.response.start", "status": status, "headers": [length, JSON, NOSNIFF, *headers, *self.extra]}
        )
        await self.send({"type": "http.response.body", "body": body})

    async def refuse(self, refusal: Refusal, request_id: RequestId | None = None, *, legacy: bool = False) -> None:
        """Send a refusal with the status of the era that the request belongs to."""
        status = status_of(refusal, legacy=legacy)
        headers = refusal.headers
        if refusal.retry_after is not None:
            headers = (*headers, (b"retry-after", b"%d" % max(1, round(refusal.retry_after + 0.5))))
        await self.answer_json(status, error_message(refusal, request_id, legacy=legacy), headers)

    async def open_stream(self, headers: tuple[Header, ...] = ()) -> None:
        """Begin an answer of server-sent events."""
        self.started = True
        await self.send({"type": "http.response.start", "status": 200, "headers": [*STREAM, *headers, *self.extra]})
        await self.send({"type": "http.response.body", "body": b"", "more_body": True})

    async def send_chunk(self, chunk: bytes) -> None:
        """Send some of a stream."""
        await self.send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def close_stream(self) -> None:
        """End a stream."""
        await self.send({"type": "http.response.body", "body": b""})

    def accepts(self, media_type: bytes) -> bool:
        """Whether the Accept header allows a media type; an absent header allows every one (RFC 9110 12.5.1)."""
        accept = self.headers.get(b"accept")
        if accept is None or media_type in accept:
            return True
        kind = media_type.split(b"/")[0] + b"/*"
        return b"*/*" in accept or kind in accept


def result_message(request_id: RequestId, result: bytes) -> bytes:
    """A JSON-RPC response around an encoded result."""
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (encode(request_id), result)


def error_message(refusal: Refusal, request_id: RequestId | None, *, legacy: bool = False) -> bytes:
    """A JSON-RPC error response; without an id where the request's could not be read."""
    message: dict[str, Any] = {"jsonrpc": "2.0"}
    if request_id is not None:
        message["id"] = request_id
    message["error"] = error_object(refusal, legacy=legacy)
    return encode(message)


def event(message: bytes, event_id: str | None = None) -> bytes:
    """One server-sent event. JSON as Atrium encodes it has no line breaks."""
    if event_id is None:
        return b"event: message\ndata: %b\n\n" % message
    return b"event: message\nid: %b\ndata: %b\n\n" % (event_id.encode(), message)
