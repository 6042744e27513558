"""Reading a stream's log on from a position, and taking its writing over when its writer is gone."""

from collections.abc import AsyncIterator
from secrets import token_urlsafe
from time import monotonic
from typing import Any, Final

from msgspec import Struct

from mcp_runtime.replica.pulse import Pulse, pulse_key
from mcp_runtime.sessions.log_writer import LogWriter
from mcp_runtime.sessions.stream_log import Scripts, StreamAbout, StreamKeys, decode_about

PAGE: Final = 200
SILENT_INTERVALS: Final = 2
"""Of the pulse: a writer is gone when two looks so far apart, and all between them, find no sign of it."""


class Claimed(Struct, frozen=True):
    """A stream that this reader goes on with. `is_over` says that nothing comes after its position any more."""

    about: StreamAbout
    is_over: bool


class Page(Struct, frozen=True):
    """What came after the reader's position, by position. `missed` are those that the log had no room for. `is_over`:
    nothing more will come. `is_mine`: nobody else has come to read; also False where there is no log any more.
    `is_orphaned`: nobody writes it."""

    messages: list[tuple[int, bytes]]
    missed: int
    is_over: bool
    is_mine: bool
    is_orphaned: bool


class LogReader:
    """Reads one log on from `position`. Redis errors pass through."""

    def __init__(
        self,
        redis: Any,
        scripts: Scripts,
        keys: StreamKeys,
        pulse: Pulse,
        *,
        name: str,
        position: int,
        idle_seconds: int,
    ) -> None:
        self._redis, self._scripts, self._keys, self._pulse = redis, scripts, keys, pulse
        self.name, self.position, self._idle = name, position, idle_seconds
        self._token = f"reader.{token_urlsafe(9)}"
        self._writer = b""
        self._silent_since: float | None = None

    async def claim(self) -> Claimed | None:
        """Become the reader: whoever read it until now is closed. None where there is no such log."""
        state = await self._scripts.claim(keys=[self._keys.state], args=[self._token, self.position])
        if state is None:
            return None
        about, self._writer, top, ended = state
        return Claimed(decode_about(about), ended is not None and int(top) <= self.position)

    async def read(self) -> Page:
        """The next page; `position` moves on to its end."""
        async with self._redis.pipeline(transaction=False) as pipe:
            # The state first: what it says has ended has all of its messages by then.
            pipe.hmget(self._keys.state, "writer", "reader", "ended")
            pipe.xrange(self._keys.events, min=f"({self.position}-0", count=PAGE)
            pipe.exists(pulse_key(self._writer.partition(b".")[0].decode()))
            (writer, reader, ended), entries, is_alive = await pipe.execute()
        messages = [(int(entry.partition(b"-")[0]), fields[b"m"]) for entry, fields in entries]
        missed = messages[0][0] - self.position - 1 if messages else 0
        if messages:
            self.position = messages[-1][0]
        return Page(
            messages,
            missed,
            is_over=ended is not None and len(messages) < PAGE,
            is_mine=reader == self._token.encode(),
            is_orphaned=not messages and writer is not None and self._is_orphaned(writer, bool(is_alive)),
        )

    async def backwards(self) -> AsyncIterator[bytes]:
        """Every message, the newest first."""
        newest = "+"
        while entries := await self._redis.xrevrange(self._keys.events, max=newest, count=PAGE):
            for _, fields in entries:
                yield fields[b"m"]
            newest = "(" + entries[-1][0].decode()

    async def take_over(self) -> LogWriter | None:
        """Become the writer in place of the one who is gone; None where somebody else did."""
        top = await self._redis.hget(self._keys.state, "top")
        writer = LogWriter(
            self._scripts,
            self._keys,
            self._pulse,
            name=self.name,
            idle_seconds=self._idle,
            top=max(int(top or 0), self.position),
        )
        if await self._scripts.take_over(keys=[self._keys.state], args=[self._writer, writer.token]):
            self._writer = writer.token.encode()
            return writer
        writer.close()
        return None

    def _is_orphaned(self, writer: bytes, is_alive: bool) -> bool:
        if writer != self._writer:
            self._writer, is_alive = writer, True  # asked about another one
        if writer == b"":
            return True
        if is_alive:
            self._silent_since = None
            return False
        now = monotonic()
        self._silent_since = now if self._silent_since is None else self._silent_since
        return now - self._silent_since >= SILENT_INTERVALS * self._pulse.interval
