"""A small MCP server with one tool, in both eras: the least that a gateway can have behind it.

python -m benchmarks.servers.plain_mcp PORT
"""

import sys
from typing import Any, Final

import msgspec
import uvicorn

INFO: Final = {"name": "plain", "version": "1"}
ECHO: Final[dict[str, Any]] = {
    "name": "echo",
    "description": "Answer with the same text.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "outputSchema": {"type": "object", "properties": {"result": {"type": "string"}}, "required": ["result"]},
}
MODERN: Final = {"resultType": "complete", "ttlMs": 0, "cacheScope": "private"}
CAPABILITIES: Final[dict[str, Any]] = {"tools": {}}


def result_of(method: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """What a request is answered with; None for a method that is not here."""
    if method == "tools/call":
        text = params["arguments"]["text"]
        return {"content": [{"type": "text", "text": text}], "structuredContent": {"result": text}, "isError": False}
    if method == "tools/list":
        return {"tools": [ECHO]}
    if method == "initialize":
        return {"protocolVersion": params["protocolVersion"], "capabilities": CAPABILITIES, "serverInfo": INFO}
    if method == "server/discover":
        return {"supportedVersions": ["2026-07-28"], "capabilities": CAPABILITIES}
    return {} if method == "ping" else None


def answer_to(body: bytes) -> tuple[int, bytes]:
    """The status and body of the answer to a message."""
    message = msgspec.json.decode(body)
    if "id" not in message:
        return 202, b""
    answer = {"jsonrpc": "2.0", "id": message["id"]}
    params = message.get("params", {})
    result = result_of(message["method"], params)
    if result is None:
        return 404, msgspec.json.encode({**answer, "error": {"code": -32601, "message": "Method not found"}})
    modern = MODERN if "io.modelcontextprotocol/protocolVersion" in params.get("_meta", {}) else {}
    return 200, msgspec.json.encode({**answer, "result": {**result, **modern}})


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer a POST; there are no streams and no sessions."""
    body, more = b"", True
    while more:
        event = await receive()
        body, more = body + event.get("body", b""), event.get("more_body", False)
    status, said = answer_to(body) if scope["method"] == "POST" else (405, b"")
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(said))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": said})


if __name__ == "__main__":
    uvicorn.run(
        application,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
