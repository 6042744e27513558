"""A listener that answers as a test says, and the outside world that leads to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Final

import pytest

from tests.egress.certificates import serving
from tests.egress.outside import Outside, Recorder, Respond, Visit

TLS: Final = serving()
Listen = Callable[..., Awaitable[Outside]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Starts a listener; its outside world has every name lead to it."""
    async with AsyncExitStack() as running:

        async def start(respond: Respond | bytes, *, tls: ssl.SSLContext | None = TLS) -> Outside:
            handler = _handler(respond if callable(respond) else _saying(respond))
            server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=tls)
            running.callback(server.close)
            return Outside(recorder=Recorder(port=server.sockets[0].getsockname()[1]))

        yield start


def _handler(respond: Respond) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):  # the client may be gone at any time
            await respond(Visit(await reader.readuntil(b"\r\n\r\n"), reader, writer))
        writer.transport.abort()

    return handle


def _saying(text: bytes) -> Respond:
    async def respond(visit: Visit) -> None:
        await visit.say(text)
        await visit.until_gone()

    return respond
