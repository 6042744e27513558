"""Connections that are kept for the next request of whoever opened them, and how many there may be at all."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from egress.connection import Connection
from egress.errors import EgressFailed

Key: TypeAlias = tuple[str, str, str, tuple[str, str, int]]
"""Tenant, owner of the credentials, purpose, origin: nothing is shared between two that differ in any of them."""

MOST_IDLE_FOR_ONE: Final = 32


@dataclass(frozen=True, slots=True)
class _Kept:
    connection: Connection
    timer: asyncio.TimerHandle


@dataclass
class Pool:
    """Belongs to one event loop. After `age_seconds` a connection is not used again: the name is looked up, and what it
    leads to is classified, anew. `most_open` exchanges may be under way at once, and so many of one tenant."""

    idle_seconds: float = 30.0
    age_seconds: float = 300.0
    most_idle: int = 128
    most_open: int = 512
    most_open_of_tenant: int = 64
    _kept: dict[Key, list[_Kept]] = field(default_factory=dict)
    _open: Counter[str] = field(default_factory=Counter)
    _loop: asyncio.AbstractEventLoop | None = None

    async def take(self, key: Key) -> Connection | None:
        """The connection of this key that was used last and is still good."""
        while kept := self._kept.get(key):
            connection = self._removed(key, kept[-1])
            if self._is_young(connection) and await connection.is_quiet():
                return connection
            connection.abort()
        return None

    def keep(self, key: Key, connection: Connection) -> None:
        """Keep a connection that was made ready for its next exchange; close it where there are too many."""
        if len(self._kept.get(key, ())) >= MOST_IDLE_FOR_ONE or self.idle >= self.most_idle:
            connection.abort()
            return
        timer = asyncio.get_running_loop().call_later(self.idle_seconds, self._expire, key, connection)
        self._kept.setdefault(key, []).append(_Kept(connection, timer))

    def enter(self, tenant: str) -> None:
        """Count an exchange that begins. Raises EgressFailed (too_many_connections), RuntimeError in another loop."""
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if self._loop is not loop:
            raise RuntimeError("A pool belongs to one event loop. A door for threads has none.")
        if self._open.total() >= self.most_open or (tenant and self._open[tenant] >= self.most_open_of_tenant):
            raise EgressFailed("too_many_connections")
        self._open[tenant] += 1

    def leave(self, tenant: str) -> None:
        """Count an exchange that has ended."""
        self._open[tenant] -= 1
        if not self._open[tenant]:
            del self._open[tenant]

    @property
    def idle(self) -> int:
        """How many connections are kept."""
        return sum(map(len, self._kept.values()))

    def close(self) -> None:
        """Close all that are kept."""
        for key, kept in list(self._kept.items()):
            for one in list(kept):
                self._removed(key, one).abort()

    def _expire(self, key: Key, connection: Connection) -> None:
        for one in [one for one in self._kept.get(key, ()) if one.connection is connection]:
            self._removed(key, one).abort()

    def _removed(self, key: Key, one: _Kept) -> Connection:
        one.timer.cancel()
        self._kept[key].remove(one)
        if not self._kept[key]:
            del self._kept[key]
        return one.connection

    def _is_young(self, connection: Connection) -> bool:
        return asyncio.get_running_loop().time() - connection.opened_at < self.age_seconds
