"""The connections of one replica: found by tenant, upstream and account, few, and ended when nobody needs them."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final

from egress.door import Door
from mcp_runtime.contract.upstreams import UpstreamSpec, definition_digest
from mcp_runtime.upstreams.channel import Channel
from mcp_runtime.upstreams.connection import Connection
from mcp_runtime.upstreams.credentials import Credentials
from mcp_runtime.upstreams.first_words import connect
from mcp_runtime.upstreams.listed import Listings

MOST: Final = 256
IDLE_SECONDS: Final = 300.0
MOST_ERAS: Final = 4_096

Key = tuple[UpstreamSpec, str, str]
"""The upstream, with everything that is published of it; the account; and what a session says that it can be asked."""


@dataclass
class _Kept:
    connection: Connection
    credentials: Credentials
    used_at: float = field(default_factory=monotonic)


class Connections:
    """Belongs to one event loop. In 2026-07-28 a connection is good whatever may be asked, for each request says it."""

    def __init__(self, door: Door, *, most: int = MOST, idle_seconds: float = IDLE_SECONDS) -> None:
        self._door, self._most, self._idle = door, most, idle_seconds
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._eras: OrderedDict[UpstreamSpec, str] = OrderedDict()
        self._listings: OrderedDict[tuple[UpstreamSpec, str], Listings] = OrderedDict()
        self._locks: dict[Key, asyncio.Lock] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._kept)

    async def get(self, upstream: UpstreamSpec, credentials: Credentials, capabilities: dict[str, Any]) -> Connection:
        """The connection, made where there is none. Raises UpstreamUnreachable, Unauthorized."""
        plain: Key = (upstream, credentials.account, "")
        session: Key = (upstream, credentials.account, definition_digest(capabilities))
        found = self._found(plain, credentials) or self._found(session, credentials)
        if found is not None:
            return found
        lock = self._locks.setdefault(session, asyncio.Lock())
        try:
            async with lock:
                found = self._found(plain, credentials) or self._found(session, credentials)
                return found or await self._made(plain, session, credentials, capabilities)
        finally:
            if not lock.locked():
                self._locks.pop(session, None)

    def forget(self, upstream: UpstreamSpec, account: str) -> None:
        """The upstream has forgotten this account's sessions, or may have: it is begun anew, and its lists are read
        anew."""
        for key in [key for key in self._kept if key[:2] == (upstream, account)]:
            del self._kept[key]
        self._listings.pop((upstream, account), None)

    def forget_era(self, upstream: UpstreamSpec) -> None:
        """The upstream does not speak any more as it did: it is asked again which era is its own."""
        self._eras.pop(upstream, None)

    async def aclose(self) -> None:
        """End all of them."""
        if self._timer is not None:
            self._timer.cancel()
        while self._kept:
            self._end(self._kept.popitem()[1])
        if self._ending:
            await asyncio.wait(self._ending, timeout=1)
        for task in list(self._ending):
            task.cancel()

    async def _made(
        self, plain: Key, session: Key, credentials: Credentials, capabilities: dict[str, Any]
    ) -> Connection:
        upstream = plain[0]
        era = self._eras.get(upstream, "auto") if upstream.era == "auto" else upstream.era
        connection = await connect(Channel(self._door, upstream), credentials, capabilities, era=era)
        connection.listings = self._listings_of(plain)
        is_modern = connection.agreed.is_modern
        self._eras[upstream] = "modern" if is_modern else "legacy"
        if len(self._eras) > MOST_ERAS:
            self._eras.popitem(last=False)
        self._kept[plain if is_modern else session] = _Kept(connection, credentials)
        if len(self._kept) > self._most:
            self._end(self._kept.popitem(last=False)[1])
        self._sweep_later()
        return connection

    def _listings_of(self, key: Key) -> Listings:
        """What all connections of one account know of the upstream's lists."""
        listings = self._listings.setdefault(key[:2], Listings())
        self._listings.move_to_end(key[:2])
        if len(self._listings) > self._most:
            self._listings.popitem(last=False)
        return listings

    def _found(self, key: Key, credentials: Credentials) -> Connection | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.connection.is_lost:
            del self._kept[key]
            return None
        kept.used_at, kept.credentials = monotonic(), credentials
        self._kept.move_to_end(key)
        return kept.connection

    def _sweep_later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._idle / 4, self._sweep)

    def _sweep(self) -> None:
        self._timer = None
        while self._kept:
            key, kept = next(iter(self._kept.items()))
            if monotonic() - kept.used_at < self._idle:
                self._sweep_later()
                return
            del self._kept[key]
            self._end(kept)

    def _end(self, kept: _Kept) -> None:
        task = asyncio.ensure_future(kept.connection.end(kept.credentials))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
