"""A client comes back for a stream whose connection it lost: what it missed, then what still comes, then the end.

MCP 2025-11-25 basic/transports, "Resumability and Redelivery". Whichever replica it reaches reads the stream's log. The
call goes on where it runs; where that replica is gone, this one answers for it.
"""

import asyncio
import contextlib
from collections.abc import Callable
from time import monotonic
from typing import Final

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.running import RunningCall
from mcp_runtime.protocol.jsonrpc import Message
from mcp_runtime.refusals import Refusal, Refused, refuse
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.sessions.log_reader import Claimed, LogReader, Page
from mcp_runtime.sessions.stream_log import StreamAbout, event_id
from mcp_runtime.wire.delivery import HEARTBEAT
from mcp_runtime.wire.exchange import ALLOW, Exchange, event
from mcp_runtime.wire.takeover import answer_for_the_lost, request_of

CallFor = Callable[[Message], Call]
"""Makes the call that a message asks for, of this caller in this session."""

SOON_SECONDS: Final = 0.05
LATE_SECONDS: Final = 0.5
"""How soon a log is looked at again: twice as late every time that it says nothing."""


class Resumption:
    """One GET that goes on with a stream."""

    def __init__(self, exchange: Exchange, caller: Caller, reader: LogReader, call_for: CallFor) -> None:
        self._exchange, self._caller, self._reader, self._call_for = exchange, caller, reader, call_for
        self._told, self._wait = monotonic(), SOON_SECONDS

    async def serve(self, claimed: Claimed) -> None:
        """Read the stream to its end, or until the client is gone or has come back elsewhere. Raises Refused."""
        self._check(claimed)
        call = self._call_for(request_of(claimed.about))
        runtime = call.runtime
        await self._exchange.open_stream()
        reading = asyncio.ensure_future(self._read_on(call, claimed.about))
        watching = asyncio.ensure_future(self._watch_client())
        running = self._revocable(reading, claimed.about.tool)
        runtime.running.add(running)
        runtime.metrics.streams_open += 1
        runtime.metrics.streams_resumed += 1
        try:
            await asyncio.wait({reading, watching}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done() and not reading.cancelled():
                reading.result()
            await self._exchange.close_stream()
        finally:
            runtime.metrics.streams_open -= 1
            runtime.running.remove(running)
            reading.cancel()
            watching.cancel()

    def _check(self, claimed: Claimed) -> None:
        if claimed.about.tool not in self._caller.access.tools:
            raise unknown_event()
        if claimed.is_over:
            # The one status by which every client learns, without an error, that it need not come back.
            raise Refused(Refusal("method_not_allowed", "This stream has ended; you have all of it.", headers=(ALLOW,)))

    def _revocable(self, reading: "asyncio.Task[bytes]", tool: str) -> RunningCall:
        """Whoever comes back may do so under another key than the call's: losing that one ends the reading."""
        running = RunningCall(None)
        running.begin(
            reading,
            digest=self._caller.credential.digest,
            expires_at=self._caller.record.expires_at,
            server=f"{self._exchange.tenant}/{self._exchange.server}",
            tool=tool,
        )
        return running

    async def _read_on(self, call: Call, about: StreamAbout) -> bytes:
        while not call.runtime.streams.is_handed_over:
            page = await self._page()
            if page is not None:
                if not page.is_mine:
                    return b""
                if page.messages:
                    await self._pass_on(page)
                if page.is_over:
                    return b""
                if page.is_orphaned:
                    with contextlib.suppress(*STORE_DOWN):
                        await answer_for_the_lost(self._exchange, call, self._reader, about)
                if page.messages:
                    continue
            await self._pause(call.runtime.settings.heartbeat_interval)
        return b""

    async def _page(self) -> Page | None:
        try:
            return await self._reader.read()
        except STORE_DOWN:
            return None

    async def _pass_on(self, page: Page) -> None:
        name = self._reader.name
        note = b": %d events were not kept\n\n" % page.missed if page.missed else b""
        chunk = note + b"".join(event(message, event_id(name, position)) for position, message in page.messages)
        await self._exchange.send_chunk(chunk)
        self._told, self._wait = monotonic(), SOON_SECONDS

    async def _pause(self, heartbeat_interval: float) -> None:
        await asyncio.sleep(self._wait)
        self._wait = min(2 * self._wait, LATE_SECONDS)
        if monotonic() - self._told >= heartbeat_interval:
            await self._exchange.send_chunk(HEARTBEAT)
            self._told = monotonic()

    async def _watch_client(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass


async def claim(reader: LogReader | None) -> tuple[LogReader, Claimed]:
    """Become the reader of a stream; None is one of what is no event id. Raises Refused."""
    try:
        claimed = None if reader is None else await reader.claim()
    except STORE_DOWN as error:
        raise refuse("unavailable", "Streams can't be reached just now. Retry shortly.", retry_after=2) from error
    if reader is None or claimed is None:
        raise unknown_event()
    return reader, claimed


def unknown_event() -> Refused:
    """One answer for an id that was never given out, is too old, or is somebody else's: it tells not which."""
    return refuse("event_unknown", "There is no stream to go on with at this Last-Event-ID. Call again.")
