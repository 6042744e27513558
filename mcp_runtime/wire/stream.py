"""A lasting answer on an event stream: notifications as they come, heartbeats in between, the response at the end.

Modern: the client closing the stream cancels the request. Legacy: a disconnect is no cancellation; the call goes on,
and `notifications/cancelled` ends it.
"""

import asyncio
import contextlib
from typing import Any

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls.call import Call, Lasting
from mcp_runtime.calls.running import CANCELLED_BY_CLIENT, REVOKED, RequestKey, RunningCall
from mcp_runtime.protocol.jsonrpc import encode
from mcp_runtime.refusals import Refusal, Refused
from mcp_runtime.toolkits.context import Cancelled
from mcp_runtime.wire.exchange import Exchange, error_message, event, result_message

HEARTBEAT = b": \r\n\r\n"


class ResponseStream:
    """One open stream and the call that feeds it."""

    def __init__(self, exchange: Exchange, call: Call, lasting: Lasting, running: RunningCall) -> None:
        self._exchange, self._call, self._lasting, self._running = exchange, call, lasting, running
        self._waiting: list[bytes] = []
        self._wake = asyncio.Event()
        self._gone = False

    async def serve(self) -> None:
        """Run the call to its end, or until the client is gone."""
        runtime, running = self._call.runtime, self._running
        task = asyncio.ensure_future(self._lasting.run(self._emit))
        running.begin(
            task,
            digest=self._call.caller.credential.digest,
            expires_at=self._call.caller.record.expires_at,
            server=f"{self._exchange.tenant}/{self._exchange.server}",
            tool=self._lasting.tool,
            cancel=self._lasting.cancel,
        )
        runtime.running.add(running)
        task.add_done_callback(lambda _: self._wake.set())
        task.add_done_callback(lambda _: runtime.running.remove(running))
        watcher = asyncio.ensure_future(self._watch_client())
        runtime.metrics.streams_open += 1
        try:
            await self._exchange.open_stream()
            await self._pump(task)
        finally:
            runtime.metrics.streams_open -= 1
            watcher.cancel()
            self._let_go(task)
        if not self._gone:
            await self._finish(task)

    async def _pump(self, task: "asyncio.Task[bytes]") -> None:
        interval = self._call.runtime.settings.heartbeat_interval
        while not task.done() and not self._gone:
            try:
                async with asyncio.timeout(interval):
                    await self._wake.wait()
            except TimeoutError:
                await self._exchange.send_chunk(HEARTBEAT)
                await self._lasting.renew()
            self._wake.clear()
            await self._flush()

    async def _flush(self) -> None:
        while self._waiting and not self._gone:
            chunk = b"".join(self._waiting)
            self._waiting.clear()
            await self._exchange.send_chunk(chunk)

    async def _finish(self, task: "asyncio.Task[bytes]") -> None:
        await self._flush()
        final = await self._final_message(task)
        if final is not None:
            await self._exchange.send_chunk(event(final))
        await self._exchange.close_stream()

    async def _final_message(self, task: "asyncio.Task[bytes]") -> bytes | None:
        """The response; None for a request that the client cancelled: it gets none."""
        request_id = self._call.request_id
        try:
            result = await contained(task, Refused, Cancelled, doing=self._call.method)
        except Refused as refused:
            return error_message(refused.refusal, request_id)
        except (asyncio.CancelledError, Cancelled):
            if self._running.ended_by == REVOKED:
                return error_message(
                    Refusal("unauthenticated", "The permission for this call was revoked."), request_id
                )
            if self._running.ended_by == CANCELLED_BY_CLIENT:
                return None
            return error_message(Refusal("cancelled", "The call was cancelled."), request_id)
        if isinstance(result, Crash):
            return error_message(incident_refusal(result), request_id)
        return result_message(request_id, result)

    def _emit(self, method: str, params: dict[str, Any]) -> None:
        self._waiting.append(event(encode({"jsonrpc": "2.0", "method": method, "params": params})))
        self._wake.set()

    async def _watch_client(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        self._wake.set()

    def _let_go(self, task: "asyncio.Task[bytes]") -> None:
        """The stream is over. A call still running is cancelled, but for a legacy one whose client only went away."""
        if self._gone and not self._call.legacy:
            self._cancel_for_client(task)
        if task.done():
            return
        if not self._gone:
            task.cancel()
        self._call.runtime.detach(asyncio.ensure_future(_swallow(task)))

    def _cancel_for_client(self, task: "asyncio.Task[bytes]") -> None:
        """Closing the stream of a modern request cancels it, also where its answer has just missed the client."""
        if not task.done():
            self._running.end(CANCELLED_BY_CLIENT)
        elif self._lasting.cancel is not None:
            self._lasting.cancel()


async def _swallow(task: "asyncio.Task[bytes]") -> None:
    """Wait for a call that nobody listens to any more; the audit has its outcome."""
    with contextlib.suppress(asyncio.CancelledError, Refused, Cancelled):
        await contained(task, Refused, Cancelled, doing="a call without a client")


def request_key(call: Call, request_id: str | int | None = None) -> RequestKey:
    """The key of a request in its session, for cancelling it."""
    session = "" if call.session is None else call.session.id
    number = call.request_id if request_id is None else request_id
    return (call.caller.loaded.snapshot.id, call.caller.principal, session, number)


def incident_refusal(crash: Crash) -> Refusal:
    """What a client learns of a fault of ours: that there was one, and its number."""
    return Refusal(
        "internal_error",
        f"Something went wrong on our side. Report incident {crash.incident}.",
        {"incident": crash.incident},
    )
