"""The request body: of the right kind, and never larger in memory than it may be."""

from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.wire.exchange import Exchange


async def read_body(exchange: Exchange, limit: int) -> bytes | None:
    """The whole body; None when the client went away. Raises Refused (unsupported_media_type, body_too_large)."""
    content_type = exchange.headers.get(b"content-type", b"")
    if not content_type.lower().startswith(b"application/json"):
        raise refuse("unsupported_media_type", "Send the message as Content-Type: application/json.")
    if b"content-encoding" in exchange.headers:
        raise refuse("unsupported_media_type", "Compressed bodies are not accepted: send without Content-Encoding.")
    length = exchange.headers.get(b"content-length")
    if length is not None and (not length.isdigit() or int(length) > limit):
        raise _too_large(limit)
    message = await exchange.receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if message["type"] == "http.request" else None
    return await _read_on(exchange, bytearray(body), limit)


async def _read_on(exchange: Exchange, body: bytearray, limit: int) -> bytes | None:
    while True:
        if len(body) > limit:
            raise _too_large(limit)
        message = await exchange.receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if len(body) > limit:
        raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> Refused:
    return refuse("body_too_large", f"The body may have {limit} bytes at most.", limit=limit)
