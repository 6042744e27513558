"""A person whose page listens: the ASGI application as uvicorn would drive it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings
from django.test import Client

from tenants.models import User
from tenants.publishing.live import NAMES

PATIENCE_SECONDS = 10.0


def session_of(user: User) -> str:
    """The cookie of somebody who signed in."""
    client = Client()
    client.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Stream:
    """One request for a stream: what came of it, in order."""

    def __init__(self, cookie: str, path: str = "/app/acme/live") -> None:
        headers = [(b"host", b"127.0.0.1:8000"), (b"cookie", cookie.encode()), (b"accept", b"text/event-stream")]
        self.scope: dict[str, Any] = {
            **{"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "root_path": ""},
            **{"path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers},
            **{"client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8000)},
        }
        self.status = 0
        self.headers: dict[str, str] = {}
        self.has_ended = asyncio.Event()
        self._left = asyncio.Event()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()

    async def receive(self) -> Any:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        elif message.get("more_body"):
            await self._chunks.put(message["body"])
        else:
            self.has_ended.set()

    def leave(self) -> None:
        """The page is closed."""
        self._left.set()

    async def chunk(self) -> bytes:
        """The next thing it hears."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._chunks.get()

    async def event(self) -> str:
        """The name of the next event; comments are passed over."""
        while not (chunk := await self.chunk()).startswith(b"event: "):
            pass
        return chunk.split(b"\n")[0].removeprefix(b"event: ").decode()

    async def beginning(self) -> list[str]:
        """What every stream begins with: one event for each name, in any order."""
        return sorted([await self.event() for _ in NAMES])

    async def ended(self) -> None:
        """Wait until it has ended."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.has_ended.wait()

    @property
    def is_silent(self) -> bool:
        """True where there is nothing that it has not been asked for."""
        return self._chunks.empty()


@asynccontextmanager
async def listening(application: Any, cookie: str, path: str = "/app/acme/live") -> AsyncIterator[Stream]:
    """A stream, from its beginning to the end of the block."""
    stream = Stream(cookie, path)
    request = asyncio.ensure_future(application(stream.scope, stream.receive, stream.send))
    try:
        yield stream
    finally:
        stream.leave()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await request
