"""Reading an event stream while it comes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

from tests.mcp_runtime.legacy_client import legacy_headers
from tests.mcp_runtime.serving import ACME, Replica, modern_request


class Stream:
    """An open response. `lines` are its raw lines."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def line(self, beginning: str) -> str:
        """The next line with this beginning."""
        async for line in self._lines:
            if line.startswith(beginning):
                return line
        raise AssertionError(f"the stream ended before a line beginning with {beginning!r}")

    async def message(self) -> dict[str, Any]:
        """The next message."""
        return dict(msgspec.json.decode((await self.line("data:"))[5:]))

    async def rest(self) -> list[dict[str, Any]]:
        """Every message until the stream ends."""
        return [msgspec.json.decode(line[5:]) async for line in self._lines if line.startswith("data:")]


@asynccontextmanager
async def modern_stream(replica: Replica, method: str, **options: Any) -> AsyncIterator[Stream]:
    """A modern request whose answer is read as it comes; leaving the block closes it."""
    async with replica.http.stream("POST", ACME, **modern_request(method, **options)) as response:
        yield Stream(response)


@asynccontextmanager
async def legacy_stream(replica: Replica, body: Any, session: str) -> AsyncIterator[Stream]:
    """A legacy request whose answer is read as it comes."""
    headers = legacy_headers(session=session)
    async with replica.http.stream("POST", ACME, content=msgspec.json.encode(body), headers=headers) as response:
        yield Stream(response)


def waiting_call(steps: int = 2) -> dict[str, Any]:
    """Options of a modern call of the waiting tool, with progress asked for."""
    return {"params": {"name": "wait", "arguments": {"steps": steps}}, "meta": {"progressToken": "p"}}
