"""Where the messages of one stream go: to the client while it is there, and, for a client that may come back, into the
stream's log, which gives them their ids."""

import asyncio
from collections.abc import Sequence
from typing import Final

from mcp_runtime.protocol.versions import PRIMING
from mcp_runtime.sessions.log_writer import RETRY_SECONDS, LogWriter, Standing
from mcp_runtime.sessions.stream_log import event_id
from mcp_runtime.wire.exchange import Exchange, event

HEARTBEAT: Final = b": \r\n\r\n"
RECONNECT_MS: Final = 1_000
"""What `retry:` asks of clients: how long to wait before they come back."""

STALLED_SECONDS: Final = 15.0
"""How long a client may take to read on. One that has a log is taken for gone then: it can come back for the rest."""

END_TRIES: Final = 30
"""How often the end of a stream that nobody reads is offered to a Redis that is away."""


class Delivery:
    """`client` is None once it is gone, or reads on another connection."""

    def __init__(
        self, client: Exchange | None, log: LogWriter | None = None, stalled_seconds: float = STALLED_SECONDS
    ) -> None:
        self.client = client
        self._log, self._stalled_seconds = log, stalled_seconds

    @property
    def is_logged(self) -> bool:
        """Whether a client that is gone can come back for what it missed."""
        return self._log is not None

    async def begin(self, log: LogWriter | None, version: str) -> None:
        """Keep what is sent from now on; a client that expects it is told so."""
        self._log = log
        if log is not None and version in PRIMING:
            await self._tell(_priming(event_id(log.name, log.top)))

    async def send(self, messages: Sequence[bytes]) -> None:
        """Pass messages on: what the client gets is in the log by then, wherever Redis is there."""
        log = self._log
        if log is not None:
            await self._heed(await log.append(messages))
        await self._tell(b"".join(self._events(messages)))

    async def beat(self) -> None:
        """Nothing happened for a while: keep the connection open, and the log."""
        if self._log is not None:
            await self._heed(await self._log.append(()))
        await self._tell(HEARTBEAT)

    async def end(self, final: bytes | None, kept: bytes | None) -> None:
        """The last message, or none; `kept` is what the log has in its place."""
        log = self._log
        if log is not None:
            await self._heed(await log.end([kept] if kept else [], delivered=self.client is not None))
        if final is not None:
            await self._tell(b"".join(self._events([final])))
        is_there = self.client is not None
        await self._hang_up()
        if log is not None:
            await _write_rest(log, 0 if is_there else END_TRIES)

    async def release(self) -> None:
        """Let another replica go on with the stream."""
        if self._log is not None:
            await self._log.release()
        await self._hang_up()

    def _events(self, messages: Sequence[bytes]) -> list[bytes]:
        log = self._log
        if log is None:
            return [event(message) for message in messages]
        first = log.top - len(messages) + 1
        return [event(message, event_id(log.name, first + index)) for index, message in enumerate(messages)]

    async def _heed(self, standing: Standing) -> None:
        if standing in (Standing.SUPERSEDED, Standing.TAKEN):
            await self._hang_up()
        if not standing.writes:
            self._log = None

    async def _tell(self, chunk: bytes) -> None:
        if self.client is None or not chunk:
            return
        try:
            async with asyncio.timeout(None if self._log is None else self._stalled_seconds):
                await self.client.send_chunk(chunk)
        except TimeoutError:
            self.client = None

    async def _hang_up(self) -> None:
        client, self.client = self.client, None
        if client is not None:
            await client.close_stream()


async def _write_rest(log: LogWriter, tries: int) -> None:
    for _ in range(tries):
        if log.is_written:
            return
        await asyncio.sleep(RETRY_SECONDS)
        await log.append(())
    log.close()


def _priming(first_id: str) -> bytes:
    """An event without data: the client can come back from here (2025-11-25 basic/transports)."""
    return b"id: %b\nretry: %d\ndata: \n\n" % (first_id.encode(), RECONNECT_MS)
