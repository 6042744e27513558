"""Writing a stream's log: positions are given out here, whether or not Redis is there to keep what they stand for."""

from collections.abc import Sequence
from enum import Enum
from secrets import token_urlsafe
from time import monotonic
from typing import Final

import msgspec

from mcp_runtime.replica.pulse import Pulse
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.sessions.stream_log import (
    BYTES_AT_MOST,
    DELIVERED_SECONDS,
    EVENTS_AT_MOST,
    KEPT_SECONDS,
    Scripts,
    StreamAbout,
    StreamKeys,
)

BATCH: Final = 500
RETRY_SECONDS: Final = 1.0
"""A Redis that did not answer is not asked again sooner: the client at the other end waits for it every time."""


class Standing(Enum):
    """How a writer stands to its log."""

    HELD = "held"
    """It is its own, and its client still reads where it did. Also said where Redis can't tell."""
    SUPERSEDED = "superseded"
    """It is its own, but the client has come back on another connection."""
    TAKEN = "taken"
    """Another replica writes it, which took this one for dead."""
    LOST = "lost"
    """There is no log any more: the store was emptied."""

    @property
    def writes(self) -> bool:
        """Whether there is a log to be written still."""
        return self in (Standing.HELD, Standing.SUPERSEDED)


class LogWriter:
    """Writes one log, one call at a time. `top` is the position that was given out last."""

    def __init__(
        self, scripts: Scripts, keys: StreamKeys, pulse: Pulse, *, name: str, idle_seconds: int, top: int = 0
    ) -> None:
        self._scripts, self._keys, self._pulse, self._idle = scripts, keys, pulse, idle_seconds
        self.name, self.top = name, top
        self.token = f"{pulse.replica}.{token_urlsafe(9)}"
        self._unwritten: list[bytes] = []  # empty most of the time, and then smaller than a deque
        self._sizes: list[int] = []
        self._bytes, self._lowest, self._trimmed = 0, top + 1, top + 1
        self._ended: int | None = None
        self._again_at = 0.0
        self._is_open = True
        pulse.hold()

    @property
    def is_written(self) -> bool:
        """Whether Redis has all of it."""
        return not self._unwritten and self._ended is None

    async def open(self, about: StreamAbout, request: str | None = None) -> bool:
        """Begin the log, found by the key of its request as well; False where Redis is away: there is none then."""
        keys = [self._keys.state] if request is None else [self._keys.state, request]
        args = [msgspec.json.encode(about), self.token, self._idle]
        try:
            await self._scripts.open(keys=keys, args=args)
        except STORE_DOWN:
            self.close()
            return False
        return True

    async def append(self, messages: Sequence[bytes]) -> Standing:
        """Give the messages positions, and write them. What Redis does not take now is written with what comes next."""
        for message in messages:
            self._place(message)
        return await self._try()

    async def end(self, messages: Sequence[bytes], *, delivered: bool) -> Standing:
        """Write the last messages, if any. `delivered` says that the client is there to get them."""
        self._ended = DELIVERED_SECONDS if delivered else KEPT_SECONDS
        self._again_at = 0.0
        return await self.append(messages)

    async def release(self) -> None:
        """Let somebody else go on with it at once."""
        try:
            await self._scripts.release(keys=[self._keys.state], args=[self.token])
        except STORE_DOWN:
            return
        finally:
            self.close()

    def close(self) -> None:
        """Write no more."""
        if self._is_open:
            self._is_open = False
            self._pulse.let_go()

    def _place(self, message: bytes) -> None:
        self.top += 1
        self._unwritten.append(message)
        self._sizes.append(len(message))
        self._bytes += len(message)
        while self._bytes > BYTES_AT_MOST or len(self._sizes) > EVENTS_AT_MOST:
            self._bytes -= self._sizes.pop(0)
            self._lowest += 1
        while len(self._unwritten) > len(self._sizes):
            self._unwritten.pop(0)

    async def _try(self) -> Standing:
        if not self._is_open:
            return Standing.LOST
        if monotonic() < self._again_at:
            return Standing.HELD
        try:
            standing = await self._write()
            while standing.writes and self._unwritten:
                standing = await self._write()
        except STORE_DOWN:
            self._again_at = monotonic() + RETRY_SECONDS
            return Standing.HELD
        if not standing.writes or self._ended is not None:
            self._ended = None
            self.close()
        return standing

    async def _write(self) -> Standing:
        number = min(BATCH, len(self._unwritten))
        batch = [self._unwritten[index] for index in range(number)]
        first = self.top - len(self._unwritten) + 1
        is_last = self._ended is not None and number == len(self._unwritten)
        reader = await self._scripts.write(
            keys=[self._keys.state, self._keys.events],
            args=[
                self.token,
                self._ended if self._ended is not None else self._idle,
                first,
                self._lowest if self._lowest > self._trimmed else "",
                "1" if is_last else "",
                *batch,
            ],
        )
        self._trimmed = self._lowest
        del self._unwritten[:number]
        if reader is None or reader == 0:
            return Standing.LOST if reader is None else Standing.TAKEN
        return Standing.HELD if reader == self.token.encode() else Standing.SUPERSEDED
