"""What this replica has open and lasts, made visible to the people of its server, and ended when they say so.

Nobody waits for it: a stream that opens or closes is noted in memory, and written down a moment later together with
others; what was over by then costs nothing. What is written expires soon after the replica's last sign. The same round
trip that renews it asks for orders that the bus lost.
"""

import asyncio
import contextlib
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

import msgspec

from mcp_runtime.contract.keys import LIVE
from mcp_runtime.contract.open_sessions import (
    CLOSINGS,
    STREAM_HANDLE_LENGTH,
    Handle,
    ListedStream,
    Place,
    decode_closing,
    encode_open,
    live_news,
    stream_replicas_key,
    streams_key,
)
from mcp_runtime.ending import end_all
from mcp_runtime.replica.pulse import LASTS
from mcp_runtime.replica.redis_link import STORE_DOWN

GATHER_SECONDS: Final = 0.25
"""How long further changes are waited for: a call that ends sooner is never written down."""

KEEP: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('EXISTS', KEYS[1])
local added = 4 + ARGV[3]
for i = 4, added - 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
for i = added, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('PEXPIRE', KEYS[1], ARGV[2]) == 1 then
  redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
else
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return known
"""
"""Takes fields away (their number, then each), puts others there (each with its value), and renews the rest. Says
whether there was anything."""


@dataclass(slots=True)
class _Opened:
    listed: ListedStream
    place: Place
    close: Callable[[], None]


@dataclass(slots=True)
class _Kept:
    """Of one server: what is open, what of that is written, and what has changed since."""

    open: dict[Handle, ListedStream] = field(default_factory=dict)
    written: set[Handle] = field(default_factory=set)
    changed: set[Handle] = field(default_factory=set)


class OpenStreams:
    """All of this replica's. `interval` is seconds between two signs."""

    def __init__(self, redis: Any, interval: float) -> None:
        self._redis, self._interval = redis, interval
        self._keep = redis.register_script(KEEP)
        self._replica = token_hex(8)
        self._open: dict[Handle, _Opened] = {}
        self._by_session: dict[Handle, set[Handle]] = {}
        self._kept: dict[Place, _Kept] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._open)

    def add(self, listed: ListedStream, place: Place, close: Callable[[], None]) -> Handle:
        """It is open from now on. `close` is called, on the event loop, when somebody orders its end: again with every
        look, as long as it is still there."""
        handle = token_hex(STREAM_HANDLE_LENGTH // 2)
        self._open[handle] = _Opened(listed, place, close)
        if listed.session:
            self._by_session.setdefault(listed.session, set()).add(handle)
        kept = self._kept.setdefault(place, _Kept())
        kept.open[handle] = listed
        self._note(kept, handle)
        return handle

    def remove(self, handle: Handle) -> None:
        """It is no longer."""
        opened = self._open.pop(handle)
        of_session = self._by_session.get(opened.listed.session)
        if of_session is not None:
            of_session.discard(handle)
            if not of_session:
                del self._by_session[opened.listed.session]
        kept = self._kept.get(opened.place)
        if kept is not None and kept.open.pop(handle, None) is not None:
            self._note(kept, handle)

    def hear(self, message: bytes) -> None:
        """Somebody ordered an end; what can't be read is of a newer release."""
        with contextlib.suppress(msgspec.MsgspecError):
            closing = decode_closing(message)
            place = Place(closing.tenant, closing.server)
            for named in closing.handles:
                for handle in (named, *self._by_session.get(named, ())):
                    opened = self._open.get(handle)
                    if opened is not None and opened.place == place:
                        opened.close()

    async def stop(self) -> None:
        """This replica ends: what it had open is not there any more."""
        if self._task is not None:
            await end_all([self._task])
        for kept in self._kept.values():
            kept.changed |= kept.open.keys()
            kept.open.clear()
        with contextlib.suppress(*STORE_DOWN):
            await self._write()

    def _note(self, kept: _Kept, handle: Handle) -> None:
        kept.changed.add(handle)
        self._news.set()
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._follow())

    async def _follow(self) -> None:
        while self._kept:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._news.wait()
                    await asyncio.sleep(GATHER_SECONDS)
            self._news.clear()
            try:
                for order in await self._write():
                    self.hear(order)
            except STORE_DOWN:
                for kept in self._kept.values():
                    kept.changed |= kept.open.keys() | kept.written
                await asyncio.sleep(self._interval)

    async def _write(self) -> list[bytes]:
        """Write down what has changed, renew the rest; what is ordered to end."""
        writing = {place: self._writing(kept) for place, kept in self._kept.items()}
        async with self._redis.pipeline(transaction=False) as pipe:
            for place, (removed, added) in writing.items():
                fields = [part for handle, listed in added.items() for part in (handle, encode_open(listed))]
                await self._keep(
                    keys=[streams_key(place, self._replica), stream_replicas_key(place)],
                    args=[self._replica, round(self._interval * LASTS * 1000), len(removed), *removed, *fields],
                    client=pipe,
                )
            for tenant in {place.tenant for place, (removed, added) in writing.items() if removed or added}:
                pipe.publish(LIVE, live_news(tenant))
            pipe.zrange(CLOSINGS, 0, -1)
            *answers, orders = await pipe.execute()
        for (place, (removed, added)), known in zip(writing.items(), answers, strict=False):
            self._note_written(place, removed, added.keys(), is_known=bool(known))
        found: list[bytes] = orders
        return found

    def _writing(self, kept: _Kept) -> tuple[list[Handle], dict[Handle, ListedStream]]:
        changed, kept.changed = kept.changed, set()
        removed = [handle for handle in changed if handle not in kept.open and handle in kept.written]
        return removed, {handle: kept.open[handle] for handle in changed if handle in kept.open}

    def _note_written(self, place: Place, removed: list[Handle], added: Set[Handle], *, is_known: bool) -> None:
        kept = self._kept[place]
        if kept.written and not is_known:  # the store was emptied, or this replica was silent for too long
            kept.changed |= kept.open.keys() - added
            kept.written.clear()
            self._news.set()
        kept.written -= set(removed)
        kept.written |= added
        if not kept.open and not kept.written and not kept.changed:
            del self._kept[place]
