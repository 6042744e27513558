"""The client of a toolkit's tests in the era of sessions: it shakes hands, and answers what it is asked on the way."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from mcp_runtime.protocol.versions import WITH_TASKS
from mcp_runtime.testing.answering import ClientAnswers
from mcp_runtime.testing.modern import CLIENT
from mcp_runtime.testing.wire import Hear, Line, RequestFailed, result_of

WITHOUT_VERSION_HEADER: Final = ("2025-03-26",)


class LegacyWire:
    """Implements `Wire`."""

    def __init__(self, line: Line, era: str, answers: ClientAnswers) -> None:
        self._line, self._era, self._answers = line, era, answers
        self._numbers = itertools.count(1)
        self._headers: dict[str, str] = {}

    async def open(self) -> None:
        """Begin a session in which every log message is wanted."""
        params = {"protocolVersion": self._era, "capabilities": self._answers.capabilities, "clientInfo": CLIENT}
        message = {"jsonrpc": "2.0", "id": next(self._numbers), "method": "initialize", "params": params}
        async with self._line.send(message, {}) as exchange:
            async for heard in exchange.messages():
                result_of(exchange, heard)
            self._headers = {"mcp-session-id": exchange.headers["mcp-session-id"]}
        if self._era not in WITHOUT_VERSION_HEADER:
            self._headers["mcp-protocol-version"] = self._era
        await self._tell({"method": "notifications/initialized"})
        await self.request("logging/setLevel", {"level": "debug"}, lambda _: None)

    async def request(self, method: str, params: dict[str, Any], hear: Hear, *, as_task: bool = False) -> Any:
        """Ask, and answer what the server asks until there is a result."""
        if not as_task or self._era not in WITH_TASKS:
            return await self._once(method, params, hear)
        created = await self._once(method, {**params, "task": {}}, hear)
        named_task = {"taskId": created["task"]["taskId"]}
        try:
            return await self._once("tasks/result", named_task, hear)
        except asyncio.CancelledError:
            await self._once("tasks/cancel", named_task, hear)
            raise

    @asynccontextmanager
    async def listening(self, uris: Sequence[str]) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """What the server says on the session's own stream, of resources that the session has subscribed to."""
        for uri in uris:
            await self._once("resources/subscribe", {"uri": uri}, lambda _: None)
        headers = {**self._headers, "accept": "text/event-stream"}
        async with self._line.send(None, headers, method="GET") as exchange:
            await self._line.installation.listened()
            yield exchange.messages()

    async def close(self) -> None:
        """End the session."""
        async with self._line.send(None, self._headers, method="DELETE") as exchange:
            await exchange.body()

    async def _once(self, method: str, params: dict[str, Any], hear: Hear) -> Any:
        number = next(self._numbers)
        asked = {**params, "_meta": {"progressToken": number}}
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": asked}
        async with self._line.send(message, self._headers) as exchange:
            try:
                async for heard in exchange.messages():
                    if "method" not in heard:
                        return result_of(exchange, heard)
                    await self._take(heard, hear)
            except asyncio.CancelledError:
                await self._tell({"method": "notifications/cancelled", "params": {"requestId": number}})
                raise
        raise RequestFailed(exchange.status, {"message": "the stream ended without an answer"})

    async def _take(self, heard: dict[str, Any], hear: Hear) -> None:
        if "id" not in heard:
            hear(heard)
            return
        result = self._answers.answer(heard["method"], heard.get("params", {}))
        await self._tell({"id": heard["id"], "result": result})

    async def _tell(self, message: dict[str, Any]) -> None:
        """Send what is answered with nothing."""
        async with self._line.send({"jsonrpc": "2.0", **message}, self._headers) as exchange:
            body = await exchange.body()
            if exchange.status != 202:
                raise RequestFailed(exchange.status, {"message": body.decode()})
