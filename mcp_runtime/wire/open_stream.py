"""A stream that stays open for what a server says by itself, in either era: its place, its heartbeats and its end.

While nothing happens it waits: its heartbeat, every fifteen seconds, is all that it does.
"""

import asyncio
from abc import ABC, abstractmethod
from time import monotonic, time
from typing import Any, Final

from mcp_runtime.admission.slots import Full, Slot
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.listed import holder_of, place_of
from mcp_runtime.calls.listeners import Listener, Untold
from mcp_runtime.calls.running import CLOSED, REVOKED, RunningCall
from mcp_runtime.contract.open_sessions import LISTENING, STANDING, ListedStream
from mcp_runtime.refusals import Refusal, Refused, refuse
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire.exchange import Exchange

RETRY_SECONDS: Final = 15.0
WITHDRAWN: Final = Refusal("unauthenticated", "The permission for this stream was revoked.")


class OpenStream(ABC):
    """One stream. It ends when its client goes, its listener is over, its credential expires or is revoked."""

    def __init__(
        self, exchange: Exchange, runtime: Runtime, caller: Caller, listener: Listener, version: str, client_info: Any
    ) -> None:
        self._exchange, self._runtime, self._caller, self._listener = exchange, runtime, caller, listener
        self._slots = (Slot("streams", caller.principal, caller.limits.streams_per_principal),)
        self._member = runtime.audit.next_id()
        self._closes_at: float | None = None
        self._is_gone = False
        self._listed = ListedStream(
            kind=STANDING if listener.session else LISTENING,
            since=time(),
            session=listener.session,
            version=version,
            holder=holder_of(caller, client_info),
        )

    async def open(self) -> None:
        """Take a place; the exchange then stays open with it. Raises Refused."""
        if isinstance(await self._runtime.gate.slots.take(self._slots, self._member), Full):
            raise too_many_streams(self._caller)
        self._exchange.stays = self._stay

    async def _stay(self) -> None:
        """Everything of the request but this stream is forgotten by now: it takes little memory."""
        runtime = self._runtime
        runtime.listeners.add(self._listener)
        runtime.metrics.streams_open += 1
        try:
            await self._keep_open()
        finally:
            runtime.metrics.streams_open -= 1
            runtime.listeners.remove(self._listener)
            runtime.detach(asyncio.ensure_future(runtime.gate.slots.release(self._slots, self._member)))

    @abstractmethod
    async def _begin(self) -> None:
        """Say what comes first."""

    @abstractmethod
    async def _say(self, untold: Untold) -> None:
        """Pass notifications on."""

    @abstractmethod
    async def _beat(self) -> None:
        """Nothing happened for a while."""

    @abstractmethod
    async def _end(self, refusal: Refusal | None) -> None:
        """The server ends the stream: in good order, or because of this."""

    @abstractmethod
    async def _leave(self) -> None:
        """The stream is over, whoever ended it."""

    async def _keep_open(self) -> None:
        runtime, running = self._runtime, self._revocable()
        watching = asyncio.ensure_future(self._watch_client())
        runtime.running.add(running)
        handle = runtime.open_streams.add(self._listed, place_of(self._caller), lambda: self._close(running))
        try:
            await self._pump()
        except TimeoutError:
            return  # the client does not read on: it counts as gone
        except asyncio.CancelledError:
            runtime.running.remove(running)
            task = asyncio.current_task()
            if running.ended_by not in (REVOKED, CLOSED) or task is None:
                raise
            task.uncancel()
            if running.ended_by == REVOKED:
                await self._end(WITHDRAWN)
        finally:
            runtime.open_streams.remove(handle)
            runtime.running.remove(running)
            watching.cancel()
            runtime.detach(asyncio.ensure_future(self._leave()))

    def _revocable(self) -> RunningCall:
        running, listener, task = RunningCall(None), self._listener, asyncio.current_task()
        if task is not None:
            expires_at = self._caller.record.expires_at
            running.begin(task, digest=listener.digest, expires_at=expires_at, server=listener.server, tool="")
        return running

    def _close(self, running: RunningCall) -> None:
        """A person ends it: in good order, or at once where its client does not take that in."""
        if self._listener.is_over:
            running.end(CLOSED)
        self._listener.end()

    async def _pump(self) -> None:
        """Say what is to be said, until either side has a reason to end. Raises TimeoutError: the client is gone."""
        listener, interval = self._listener, self._runtime.settings.heartbeat_interval
        await self._begin()
        self._exchange.forget_request()
        while not listener.is_over and not self._is_gone and (left := self._seconds_left()) > 0:
            if not await listener.bell.heard(min(interval, left)):
                await self._beat()
                await self._runtime.gate.slots.take(self._slots, self._member)
            await self._say_all()
        await self._say_all()
        if not self._is_gone:
            await self._end(None)

    async def _say_all(self) -> None:
        if not self._is_gone and (untold := self._listener.take()):
            await self._say(untold)

    def _seconds_left(self) -> float:
        """Until its credential expires, or it has been open long enough."""
        expires_at = self._caller.record.expires_at
        until_expiry = float("inf") if expires_at is None else expires_at - time()
        return until_expiry if self._closes_at is None else min(until_expiry, self._closes_at - monotonic())

    async def _watch_client(self) -> None:
        while (await self._exchange.receive())["type"] != "http.disconnect":
            pass
        self._is_gone = True
        self._listener.bell.ring()


def too_many_streams(caller: Caller) -> Refused:
    """The refusal of one stream more than the plan allows."""
    limit = caller.limits.streams_per_principal
    return refuse(
        "too_many_streams",
        f"You have {limit} streams open with this client, your plan's limit. Close one, or subscribe to more on one.",
        retry_after=RETRY_SECONDS,
        limit=limit,
        remaining=0,
    )
