"""An upstream that does as a test says, with what it was asked written down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import msgspec

from tests.mcp_runtime.serving import MODERN

SCHEMA = {"type": "object", "properties": {}}


@dataclass
class Asked:
    """One request: its headers, its message, and the way to answer."""

    headers: dict[str, str]
    message: dict[str, Any]
    send: Any
    receive: Any

    async def answer(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        named = {"content-type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        encoded = [(name.encode(), value.encode()) for name, value in named.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": encoded})
        await self.send({"type": "http.response.body", "body": body})

    async def result(self, result: Any, **headers: str) -> None:
        await self.answer(200, self.response(result=result), **headers)

    def response(self, **what: Any) -> bytes:
        return msgspec.json.encode({"jsonrpc": "2.0", "id": self.message.get("id"), **what})

    async def stream(self) -> None:
        head = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
        await self.send(head)

    async def event(self, message: Any, *, more: bool = True) -> None:
        body = b"data: " + (message if isinstance(message, bytes) else msgspec.json.encode(message)) + b"\n\n"
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def until_gone(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def text(words: str, **more: Any) -> dict[str, Any]:
    """The result of a tool."""
    return {"resultType": "complete", "content": [{"type": "text", "text": words}], **more}


async def _ok(asked: Asked) -> None:
    await asked.result(text("done"))


def tool(name: str = "act", **more: Any) -> dict[str, Any]:
    """A definition."""
    return {"name": name, "description": f"Does {name}.", "inputSchema": SCHEMA, **more}


@dataclass
class Scripted:
    """The server. `call` answers tools/call; `before` may answer anything before it is looked at."""

    is_modern: bool = True
    tools: list[dict[str, Any]] = field(default_factory=lambda: [tool()])
    call: Callable[[Asked], Awaitable[None]] = _ok
    others: dict[str, Callable[[Asked], Awaitable[None]]] = field(default_factory=dict)
    before: Callable[[Asked], Awaitable[bool]] | None = None
    asked: list[Asked] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)

    def methods(self) -> list[str]:
        """What it was asked, in order."""
        return [str(asked.message.get("method", "response")) for asked in self.asked]

    def calls(self) -> list[Asked]:
        """The calls of tools."""
        return [asked for asked in self.asked if asked.message.get("method") == "tools/call"]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        body = b""
        while (event := await receive())["type"] == "http.request":
            body += event["body"]
            if not event.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        message = msgspec.json.decode(body) if body else {"method": scope["method"]}
        await self._serve(Asked(headers, message, send, receive))

    async def _serve(self, asked: Asked) -> None:
        self.asked.append(asked)
        method = asked.message.get("method")
        if self.before is not None and await self.before(asked):
            return
        if method in self.others:
            await self.others[method](asked)
        elif method == "server/discover":
            await self._discover(asked)
        elif method == "initialize":
            await self._initialize(asked)
        elif self._is_unknown(asked):
            await asked.answer(404, b"")
        elif method == "tools/list":
            await asked.result({"resultType": "complete", "tools": self.tools})
        elif method == "tools/call":
            await self.call(asked)
        else:
            await asked.answer(202, b"")

    def _is_unknown(self, asked: Asked) -> bool:
        return not self.is_modern and asked.headers.get("mcp-session-id") not in self.sessions

    async def _discover(self, asked: Asked) -> None:
        if not self.is_modern:
            await asked.answer(400, asked.response(error={"code": -32600, "message": "What?"}))
            return
        found = {"resultType": "complete", "supportedVersions": [MODERN], "capabilities": {"tools": {}}}
        await asked.result(found)

    async def _initialize(self, asked: Asked) -> None:
        session = uuid4().hex
        self.sessions.add(session)
        info = {"name": "scripted", "version": "1"}
        found = {"protocolVersion": "2025-11-25", "capabilities": {"tools": {}}, "serverInfo": info}
        await asked.result(found, mcp_session_id=session)
