"""The 64 calls that every server gets: other texts, other lengths, other JSON-RPC ids."""

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

COUNT: Final = 64
PROTOCOL_VERSION: Final = "2026-07-28"

_FRAGMENTS: Final = ("plain words ", "Grüße, façade ", 'quoted "text" \\ and\ttab ', "日本語 текст ", "emoji 🦊🚀 ")


@dataclass(frozen=True, slots=True)
class Call:
    """One tools/call: its JSON-RPC id (a number or a string) and the text that must come back."""

    id: int | str
    text: str

    @property
    def body(self) -> bytes:
        """The JSON-RPC request of MCP 2026-07-28, UTF-8."""
        return USUAL.body(self)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server wants to be spoken to: what it calls the tool, and the revision that it speaks."""

    tool: str = "echo"
    version: str = PROTOCOL_VERSION

    def body(self, call: Call) -> bytes:
        """The JSON-RPC request, UTF-8."""
        params: dict[str, Any] = {"name": self.tool, "arguments": {"text": call.text}}
        if self.version == PROTOCOL_VERSION:
            params["_meta"] = {
                "io.modelcontextprotocol/protocolVersion": PROTOCOL_VERSION,
                "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            }
        message = {"jsonrpc": "2.0", "id": call.id, "method": "tools/call", "params": params}
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


USUAL: Final = Dialect()


def calls() -> list[Call]:
    """The calls in their order; no two share an id or a text. Texts are 2 to 191 characters long."""
    return [_call(index) for index in range(COUNT)]


def _call(index: int) -> Call:
    length = 2 + 3 * index
    fragment = _FRAGMENTS[index % len(_FRAGMENTS)]
    text = f"{index:02}" + (fragment * (length // len(fragment) + 1))[: length - 2]
    return Call(id=1000 + index if index % 2 else f"call-{index}", text=text)


def headers(api_key: str | None, dialect: Dialect = USUAL) -> dict[str, str]:
    """The request's headers, without Host and Content-Length."""
    fields = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": dialect.version,
        "Mcp-Method": "tools/call",
        "Mcp-Name": dialect.tool,
    }
    return fields | {"Authorization": f"Bearer {api_key}"} if api_key else fields


def raw_request(call: Call, url: str, api_key: str | None, dialect: Dialect = USUAL) -> bytes:
    """The request as it goes over the wire, HTTP/1.1 with keep-alive."""
    parts, body = urlsplit(url), dialect.body(call)
    lines = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers(api_key, dialect).items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def is_right_answer(call: Call, status: int, body: bytes) -> bool:
    """Whether an answer has the call's id and its text, as content and as structured content."""
    if status != 200:
        return False
    try:
        message: Any = json.loads(body)
        result = message["result"]
        return (
            message["jsonrpc"] == "2.0"
            and message["id"] == call.id
            and result["content"] == [{"type": "text", "text": call.text}]
            and result["structuredContent"] == {"result": call.text}
            and not result.get("isError", False)
        )
    except (ValueError, TypeError, KeyError):
        return False
