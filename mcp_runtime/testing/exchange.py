"""One HTTP request to an ASGI application, without a connection: answered piece by piece, and left at any time."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

from mcp_runtime.asgi import RuntimeApplication

HOST: Final = b"localhost"
CLIENT: Final = ("127.0.0.1", 0)


class InProcessExchange:
    """The request is sent when this is entered; `status` and `headers` are there from then on."""

    def __init__(
        self, application: RuntimeApplication, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> None:
        self._application, self._body = application, body
        sent = {"host": HOST.decode(), "content-length": str(len(body)), **headers}
        self._scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
            "client": CLIENT,
            "scheme": "http",
        }
        self.status = 0
        self.headers: dict[str, str] = {}
        self._begun, self._left = asyncio.Event(), asyncio.Event()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._is_sent = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "InProcessExchange":
        self._task = asyncio.create_task(self._serve())
        await self._begun.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave, and wait until the application has noticed."""
        self._left.set()
        if self._task is not None:
            await self._task

    async def body(self) -> bytes:
        """The whole answer."""
        return b"".join([piece async for piece in self._answer()])

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        """The JSON-RPC messages of the answer, as they come: one, or those of an event stream."""
        if "text/event-stream" not in self.headers.get("content-type", ""):
            yield msgspec.json.decode(await self.body())
            return
        unread = b""
        async for piece in self._answer():
            *events, unread = (unread + piece).split(b"\n\n")
            for event in events:
                data = b"".join(line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:"))
                if data:
                    yield msgspec.json.decode(data)

    async def _answer(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece

    async def _serve(self) -> None:
        try:
            await self._application(self._scope, self._receive, self._send)
        finally:
            self._begun.set()
            self._pieces.put_nowait(None)

    async def _receive(self) -> dict[str, Any]:
        if not self._is_sent:
            self._is_sent = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            self._begun.set()
            return
        self._pieces.put_nowait(message.get("body", b""))
        if not message.get("more_body"):
            self._pieces.put_nowait(None)
