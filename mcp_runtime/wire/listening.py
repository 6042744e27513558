"""`subscriptions/listen`: what the client subscribed to, as it happens (MCP 2026-07-28 basic/patterns/subscriptions).

Progress and log messages are never on it: they belong to the requests that they are about.
"""

import asyncio
from typing import Any, Final

import msgspec

from mcp_runtime.calls.call import Call, Listening
from mcp_runtime.calls.encoding import server_info
from mcp_runtime.calls.listeners import Listener, Untold
from mcp_runtime.calls.task_watching import TaskWatch
from mcp_runtime.protocol.jsonrpc import encode
from mcp_runtime.refusals import Refusal
from mcp_runtime.wire.delivery import HEARTBEAT, STALLED_SECONDS
from mcp_runtime.wire.exchange import Exchange, error_message, event, result_message
from mcp_runtime.wire.open_stream import OpenStream

SUBSCRIPTION_META: Final = "io.modelcontextprotocol/subscriptionId"
ACKNOWLEDGED: Final = "notifications/subscriptions/acknowledged"


class ListeningStream(OpenStream):
    """One subscription. Its id is that of its request."""

    def __init__(self, exchange: Exchange, call: Call, listening: Listening) -> None:
        listener = Listener(call.caller, listening.subscription)
        super().__init__(exchange, call.runtime, call.caller, listener, call.version, call.client_info)
        self._request_id, self._honoured = call.request_id, listening.honoured
        self._server_info = server_info(call)
        self._tasks = TaskWatch(call, self._listener, listening.tasks) if listening.tasks else None
        if not listening.subscription.topics:
            self._listener.end()  # there is nothing that it could ever be told

    async def _begin(self) -> None:
        await self._exchange.open_stream()
        await self._send(self._notification(ACKNOWLEDGED, {"notifications": self._honoured}))
        if self._tasks is not None:
            self._tasks.start()

    async def _say(self, untold: Untold) -> None:
        await self._send(b"".join(self._notification(method, params) for (method, _), params in untold.items()))

    async def _beat(self) -> None:
        await self._send(HEARTBEAT)

    async def _end(self, refusal: Refusal | None) -> None:
        if refusal is None:
            meta = {**msgspec.json.decode(self._server_info), SUBSCRIPTION_META: self._request_id}
            message = result_message(self._request_id, encode({"resultType": "complete", "_meta": meta}))
        else:
            message = error_message(refusal, self._request_id)
        await self._send(event(message))
        await self._exchange.close_stream()

    async def _leave(self) -> None:
        """Nothing is kept of it."""
        if self._tasks is not None:
            await self._tasks.stop()

    def _notification(self, method: str, params: dict[str, Any]) -> bytes:
        meta = {**params.get("_meta", {}), SUBSCRIPTION_META: self._request_id}
        return event(encode({"jsonrpc": "2.0", "method": method, "params": {**params, "_meta": meta}}))

    async def _send(self, chunk: bytes) -> None:
        """Raises TimeoutError where the client does not read on."""
        async with asyncio.timeout(STALLED_SECONDS):
            await self._exchange.send_chunk(chunk)
