"""Reading an event stream while it comes."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from tests.mcp_runtime.cast import ADA
from tests.mcp_runtime.legacy_client import legacy_headers
from tests.mcp_runtime.serving import ACME, Replica, modern_request


class StreamOverError(AssertionError):
    """There is no more to read."""


class Stream:
    """An open response. `last_event_id` is what a client would come back with, `acknowledged` what a subscription is
    for."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.acknowledged: dict[str, Any] = {}
        self.last_event_id = ""
        self._lines = response.aiter_lines()

    async def line(self, beginning: str) -> str:
        """The next line with this beginning."""
        async for line in self._lines:
            if line.startswith("id: "):
                self.last_event_id = line[4:]
            if line.startswith(beginning):
                return line
        raise StreamOverError(f"the stream ended before a line beginning with {beginning!r}")

    async def message(self) -> dict[str, Any]:
        """The next message; events without data are none."""
        while not (data := (await self.line("data:"))[5:].strip()):
            pass
        return dict(msgspec.json.decode(data))

    async def rest(self) -> list[dict[str, Any]]:
        """Every message until the stream ends."""
        messages = []
        with contextlib.suppress(StreamOverError):
            while True:
                messages.append(await self.message())
        return messages


@asynccontextmanager
async def modern_stream(replica: Replica, method: str, **options: Any) -> AsyncIterator[Stream]:
    """A modern request whose answer is read as it comes; leaving the block closes it."""
    async with replica.http.stream("POST", ACME, **modern_request(method, **options)) as response:
        yield Stream(response)


@asynccontextmanager
async def legacy_stream(replica: Replica, body: Any, session: str, key: str = ADA) -> AsyncIterator[Stream]:
    """A legacy request whose answer is read as it comes."""
    headers = legacy_headers(key, session)
    async with replica.http.stream("POST", ACME, content=msgspec.json.encode(body), headers=headers) as response:
        yield Stream(response)


@asynccontextmanager
async def resumed(
    replica: Replica, session: str, last_event_id: str, key: str = ADA, path: str = ACME
) -> AsyncIterator[Stream]:
    """A client that comes back for a stream; what it is refused is read already."""
    headers = legacy_headers(key, session, **{"Last-Event-ID": last_event_id})
    async with replica.http.stream("GET", path, headers=headers) as response:
        if response.status_code != 200:
            await response.aread()
        yield Stream(response)


@asynccontextmanager
async def standing(
    replica: Replica, session: str, key: str = ADA, path: str = ACME, **more: str
) -> AsyncIterator[Stream]:
    """A session's own stream; how it is refused is read already."""
    async with replica.http.stream("GET", path, headers=legacy_headers(key, session, **more)) as response:
        if response.status_code != 200:
            await response.aread()
        yield Stream(response)


async def begun(replica: Replica, session: str, body: Any, key: str = ADA) -> str:
    """Call, read the first message, and lose the connection; the id to come back with."""
    async with legacy_stream(replica, body, session, key) as stream:
        await stream.message()
        return stream.last_event_id


def waiting_call(steps: int = 2) -> dict[str, Any]:
    """Options of a modern call of the waiting tool, with progress asked for."""
    return {"params": {"name": "wait", "arguments": {"steps": steps}}, "meta": {"progressToken": "p"}}
