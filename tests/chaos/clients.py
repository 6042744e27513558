"""The least that MCP clients of both eras do, and the patience that those of a shaken installation need."""

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

import httpx

MODERN: Final = "2026-07-28"
LEGACY: Final = "2025-11-25"
ACCEPT: Final = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
SILENCE_SECONDS: Final = 40.0
"""Longer than two heartbeats: whoever says nothing for so long is gone."""

IN_TROUBLE: Final = frozenset({404, 429, 502, 503})
"""A session that is gone, too much at once, a replica that is gone, a store or database that is away."""

Hear = Callable[[int, dict[str, Any]], None]
"""Is told of each notification of a call, with the request's id."""


class Lost(Exception):  # noqa: N818 - reads as the state it reports
    """There was no answer. What was asked for may have happened, or not. The message says what was seen instead."""


class Unexpected(Exception):  # noqa: N818 - reads as the state it reports
    """An answer that no trouble of the installation explains."""


class Client(ABC):
    """One key on one server. Each request goes over a connection of its own, and so to either replica."""

    def __init__(self, http: httpx.AsyncClient, url: str, key: str) -> None:
        self._http, self._url = http, url
        self._authorization = {"Authorization": f"Bearer {key}"}
        self._numbers = count(1)

    @abstractmethod
    async def call(self, tool: str, arguments: dict[str, Any], meta: dict[str, Any], hear: Hear) -> dict[str, Any]:
        """The JSON-RPC answer to one tools/call. Raises Lost; what `hear` raises ends the call."""

    @abstractmethod
    async def cancel(self, number: int) -> None:
        """Say that nobody waits for that request any more, where the era has words for it."""

    async def _asked(self, body: dict[str, Any], headers: dict[str, str], hear: Hear) -> dict[str, Any]:
        async with self._sent(body, headers) as response:
            async for message in _messages(response):
                if "method" in message:
                    hear(body["id"], message)
                else:
                    return message
        raise Lost("end of stream")

    @asynccontextmanager
    async def _sent(self, body: dict[str, Any], headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        try:
            every = {**ACCEPT, **self._authorization, **headers}
            async with self._http.stream("POST", self._url, content=json.dumps(body), headers=every) as response:
                if response.status_code in IN_TROUBLE:
                    await response.aread()
                    raise Lost(f"status {response.status_code}")
                if response.status_code >= 300:
                    raise Unexpected(f"status {response.status_code}: {await response.aread()!r}")
                yield response
        except httpx.TransportError as error:
            raise Lost(type(error).__name__) from error


class ModernClient(Client):
    """2026-07-28: every request says all. Leaving the stream is cancelling."""

    async def call(self, tool: str, arguments: dict[str, Any], meta: dict[str, Any], hear: Hear) -> dict[str, Any]:
        """The JSON-RPC answer. Raises Lost."""
        about = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "chaos", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        body = request(next(self._numbers), "tools/call", name=tool, arguments=arguments, _meta={**about, **meta})
        headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "tools/call", "Mcp-Name": tool}
        return await self._asked(body, headers, hear)

    async def cancel(self, number: int) -> None:
        """This era has no words for it: who waits no more closes the stream."""


class LegacyClient(Client):
    """The session's era: a session that is gone is begun again."""

    _session: str | None = None

    async def call(self, tool: str, arguments: dict[str, Any], meta: dict[str, Any], hear: Hear) -> dict[str, Any]:
        """The JSON-RPC answer. Raises Lost."""
        session = await self._begun()
        body = request(next(self._numbers), "tools/call", name=tool, arguments=arguments, _meta=meta)
        try:
            return await self._asked(body, _of(session), hear)
        except Lost as lost:
            if str(lost) == "status 404" and self._session == session:
                self._session = None
            raise

    async def cancel(self, number: int) -> None:
        """notifications/cancelled. Raises Lost."""
        body = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": number}}
        async with self._sent(body, _of(await self._begun())):
            pass

    async def _begun(self) -> str:
        if self._session is None:
            parameters = {
                "protocolVersion": LEGACY,
                "capabilities": {},
                "clientInfo": {"name": "chaos", "version": "1"},
            }
            async with self._sent(request(next(self._numbers), "initialize", **parameters), {}) as response:
                session = response.headers["mcp-session-id"]
            async with self._sent({"jsonrpc": "2.0", "method": "notifications/initialized"}, _of(session)):
                self._session = session
        return self._session


def request(number: int, method: str, **parameters: Any) -> dict[str, Any]:
    """A JSON-RPC request."""
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}


def _of(session: str) -> dict[str, str]:
    return {"Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY}


async def _messages(response: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    if response.headers["content-type"].startswith("text/event-stream"):
        async for line in response.aiter_lines():
            if line.startswith("data:") and line[5:].strip():
                yield json.loads(line[5:])
    else:
        yield json.loads(await response.aread())
