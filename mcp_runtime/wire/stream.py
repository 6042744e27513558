"""A lasting answer on an event stream: notifications as they come, heartbeats in between, the response at the end.

Modern: the client closing the stream cancels the request. Legacy: a disconnect is no cancellation; the call goes on,
its messages are kept for a client that comes back (`wire.resumption`), and `notifications/cancelled` ends it.
"""

import asyncio
import contextlib
from typing import Any

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls.call import Call, Lasting
from mcp_runtime.calls.listed import list_call
from mcp_runtime.calls.running import CANCELLED_BY_CLIENT, REVOKED, RequestKey, RunningCall
from mcp_runtime.protocol.jsonrpc import encode
from mcp_runtime.refusals import Refusal, Refused
from mcp_runtime.sessions.log_writer import LogWriter
from mcp_runtime.sessions.store import session_handle
from mcp_runtime.sessions.stream_log import BYTES_AT_MOST, StreamAbout
from mcp_runtime.toolkits.context import Cancelled
from mcp_runtime.wire.delivery import Delivery
from mcp_runtime.wire.exchange import Exchange, error_message, result_message


class ResponseStream:
    """One stream and the call that feeds it."""

    def __init__(self, exchange: Exchange, call: Call, lasting: Lasting, running: RunningCall) -> None:
        self._exchange, self._call, self._lasting, self._running = exchange, call, lasting, running
        self._waiting: list[bytes] = []
        self._wake = asyncio.Event()
        self._delivery = Delivery(exchange)

    async def serve(self) -> None:
        """Run the call to its end, or until the client is gone."""
        runtime, delivery = self._call.runtime, self._delivery
        task = self._start()
        watcher = asyncio.ensure_future(self._watch_client())
        runtime.metrics.streams_open += 1
        try:
            await self._exchange.open_stream()
            if self._call.session is not None and self._call.owner is not None:
                log = await runtime.streams.begin(self._call.owner, self._call.session.id, self._about())
                await delivery.begin(log, self._call.version)
            await self._pump(task)
        finally:
            runtime.metrics.streams_open -= 1
            watcher.cancel()
            is_finishing = (task.done() or self._is_handed_over) and delivery.client is not None
            if not is_finishing:
                self._let_go(task)
        if is_finishing:
            await self._finish(task)

    def go_on(self, log: LogWriter) -> None:
        """Run the call for a stream that another replica began: its messages go into the log alone."""
        self._delivery = Delivery(None, log)
        self._call.runtime.detach(asyncio.ensure_future(self._outlive(self._start())))

    def _start(self) -> "asyncio.Task[bytes]":
        runtime, running = self._call.runtime, self._running
        task = asyncio.ensure_future(self._lasting.run(self._emit))
        running.begin(
            task,
            digest=self._call.caller.credential.digest,
            expires_at=self._call.caller.record.expires_at,
            server=f"{self._exchange.tenant}/{self._exchange.server}",
            tool=self._lasting.tool,
            cancel=self._lasting.cancel,
            scopes=self._call.caller.record.scopes,
        )
        runtime.running.add(running)
        task.add_done_callback(lambda _: self._wake.set())
        task.add_done_callback(lambda _: runtime.running.remove(running))
        list_call(self._call, handle_of(self._call), self._lasting.tool, running, task)
        return task

    def _about(self) -> StreamAbout:
        token = self._call.meta.get("progressToken")
        return StreamAbout(
            request_id=self._call.request_id,
            tool=self._lasting.tool,
            progress_token=token if type(token) in (str, int) else None,
            job_id=self._lasting.job_id,
            method=self._call.method,
        )

    async def _pump(self, task: "asyncio.Task[bytes]", *, alone: bool = False) -> None:
        """Pass on what the call says, until it has ended or, unless `alone`, its client is gone."""
        interval, wakes = self._call.runtime.settings.heartbeat_interval, self._call.runtime.streams.wakes
        wakes.add(self._wake)
        task.add_done_callback(lambda _: wakes.discard(self._wake))
        while not task.done() and (alone or self._delivery.client is not None):
            if self._is_handed_over:
                task.cancel()
                return
            try:
                async with asyncio.timeout(interval):
                    await self._wake.wait()
            except TimeoutError:
                await self._delivery.beat()
                await self._lasting.renew()
            self._wake.clear()
            await self._flush()

    @property
    def _is_handed_over(self) -> bool:
        """This replica stops, and the stream is about a job: another replica can follow that as well."""
        is_job = self._lasting.job_id is not None and self._delivery.is_logged
        return is_job and self._call.runtime.streams.is_handed_over

    async def _flush(self) -> None:
        while self._waiting:
            messages, self._waiting = self._waiting, []
            await self._delivery.send(messages)

    async def _finish(self, task: "asyncio.Task[bytes]") -> None:
        await self._flush()
        await asyncio.wait({task})
        if task.cancelled() and self._lasting.job_id is not None and not self._running.ended_by:
            await self._delivery.release()  # this replica stops, and the job goes on: another one can follow it
            return
        final = await self._final_message(task)
        await self._delivery.end(final, self._kept(final))

    async def _final_message(self, task: "asyncio.Task[bytes]") -> bytes | None:
        """The response; None for a request that the client cancelled: it gets none."""
        request_id = self._call.request_id
        try:
            result = await contained(task, Refused, Cancelled, doing=self._call.method)
        except Refused as refused:
            return error_message(refused.refusal, request_id)
        except (asyncio.CancelledError, Cancelled):
            if self._running.ended_by == CANCELLED_BY_CLIENT:
                return None
            return error_message(self._why_ended(), request_id)
        if isinstance(result, Crash):
            return error_message(incident_refusal(result), request_id)
        return result_message(request_id, result)

    def _why_ended(self) -> Refusal:
        if self._running.ended_by == REVOKED:
            return Refusal("unauthenticated", "The permission for this call was revoked.")
        return call_lost() if self._call.runtime.draining else Refusal("cancelled", "The call was cancelled.")

    def _kept(self, final: bytes | None) -> bytes | None:
        """What the log keeps of the response."""
        if final is None or len(final) <= BYTES_AT_MOST:
            return final
        text = "The result was too large to be kept for a client that was away. Call again, and ask for less at once."
        return error_message(Refusal("result_not_kept", text), self._call.request_id)

    def _emit(self, method: str, params: dict[str, Any], request_id: str | None = None) -> None:
        identity = {} if request_id is None else {"id": request_id}
        self._waiting.append(encode({"jsonrpc": "2.0", **identity, "method": method, "params": params}))
        self._wake.set()

    async def _watch_client(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass
        self._delivery.client = None
        self._wake.set()

    def _let_go(self, task: "asyncio.Task[bytes]") -> None:
        """The stream is over. A call still running is cancelled, but for a legacy one whose client only went away."""
        if not self._call.legacy and self._delivery.client is None:
            self._cancel_for_client(task)
        elif self._delivery.client is not None:
            task.cancel()
        self._delivery.client = None
        self._call.runtime.detach(asyncio.ensure_future(self._outlive(task)))

    def _cancel_for_client(self, task: "asyncio.Task[bytes]") -> None:
        """Closing the stream of a modern request cancels it, also where its answer has just missed the client."""
        if not task.done():
            self._running.end(CANCELLED_BY_CLIENT)
        elif self._lasting.cancel is not None:
            self._lasting.cancel()

    async def _outlive(self, task: "asyncio.Task[bytes]") -> None:
        """Nobody listens to the call just now; the audit has its outcome, and the log what a client comes back for."""
        if not self._delivery.is_logged:
            with contextlib.suppress(asyncio.CancelledError, Refused, Cancelled):
                await contained(task, Refused, Cancelled, doing="a call without a client")
            return
        try:
            await self._pump(task, alone=True)
        except asyncio.CancelledError:
            task.cancel()  # the replica stops
        await self._finish(task)


def request_key(call: Call, request_id: str | int | None = None) -> RequestKey:
    """The key of a request in its session, for cancelling it."""
    session = "" if call.session is None else call.session.id
    number = call.request_id if request_id is None else request_id
    return (call.caller.loaded.snapshot.id, call.caller.principal, session, number)


def handle_of(call: Call) -> str:
    """The handle of the session that a call is in; empty where it is in none."""
    return "" if call.session is None or call.owner is None else session_handle(call.owner, call.session.id)


def incident_refusal(crash: Crash) -> Refusal:
    """What a client learns of a fault of ours: that there was one, and its number."""
    return Refusal(
        "internal_error",
        f"Something went wrong on our side. Report incident {crash.incident}.",
        {"incident": crash.incident},
    )


def call_lost() -> Refusal:
    """The answer of a call whose process is gone."""
    return Refusal(
        "call_lost",
        "The call was lost: the process that ran it has ended. Whether it took effect is not known. Call again where "
        "that does no harm.",
    )
