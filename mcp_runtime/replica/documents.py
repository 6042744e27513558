"""A bounded cache of published documents: memory, then Redis, then the database through a port. One flight per name."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Final, Generic, TypeVar

import msgspec

from mcp_runtime.contract import keys
from mcp_runtime.replica.redis_link import STORE_DOWN

T = TypeVar("T")

ABSENT_SECONDS: Final = 5.0
"""How long "there is no such document" is believed; publishing one ends it at once."""

REVERIFY_SECONDS: Final = 2.0
"""While changes can't be heard, how long an answer of the database stands in for asking it again."""

ABSENT_NAMES: Final = 10_000


class Flight(Generic[T]):
    """One load under way. `outdated` means that a change was heard meanwhile: what it brings may not be kept."""

    __slots__ = ("outdated", "task")

    def __init__(self, task: "asyncio.Task[T | None]") -> None:
        self.task = task
        self.outdated = False


class Documents(Generic[T]):
    """Documents of one kind, by name.

    `decode` turns a name and its published body into a value; `load` asks the database through the port, and raises
    `RecordUnavailable` where that is down. Names are of the caller's own form (a digest, `tenant/server`).
    """

    def __init__(
        self,
        *,
        kind: str,
        size: int,
        redis: Any,
        decode: Callable[[str, bytes], T],
        load: Callable[[str], Awaitable[T | None]],
    ) -> None:
        self._kind, self._size, self._redis = kind, size, redis
        self._decode, self._load = decode, load
        self._known: OrderedDict[str, tuple[T, float]] = OrderedDict()
        self._absent: OrderedDict[str, float] = OrderedDict()
        self._flights: dict[str, Flight[T]] = {}
        self.misses = 0

    def __len__(self) -> int:
        return len(self._known)

    def cached(self, name: str) -> T | None:
        """The value if memory has it, whatever its age; the caller has made sure that changes are being heard."""
        entry = self._known.get(name)
        if entry is None:
            return None
        self._known.move_to_end(name)
        return entry[0]

    async def get(self, name: str, *, changes_heard: bool = True) -> T | None:
        """The value, or None where there is none. While changes are not heard, the database is asked again."""
        now = monotonic()
        entry = self._known.get(name)
        if entry is not None and (changes_heard or now - entry[1] < REVERIFY_SECONDS):
            return entry[0]
        absent = self._absent.get(name)
        if absent is not None and now - absent < (ABSENT_SECONDS if changes_heard else REVERIFY_SECONDS):
            return None
        return await self._fly(name, from_database=not changes_heard)

    def forget(self, name: str) -> None:
        """A change was heard: the next caller loads anew, and a load under way is not kept."""
        self._known.pop(name, None)
        self._absent.pop(name, None)
        flight = self._flights.get(name)
        if flight is not None:
            flight.outdated = True

    def clear(self) -> None:
        """Forget everything: the store was emptied, or changes were missed."""
        for name in [*self._known, *self._flights]:
            self.forget(name)
        self._absent.clear()

    async def _fly(self, name: str, *, from_database: bool) -> T | None:
        flight = self._flights.get(name)
        if flight is None or flight.outdated:
            flight = Flight(asyncio.ensure_future(self._fetch(name, from_database)))
            self._flights[name] = flight
            flight.task.add_done_callback(lambda _: self._land(name, flight))
        # Shielded: one caller that gives up must not take the load away from the others.
        return await asyncio.shield(flight.task)

    async def _fetch(self, name: str, from_database: bool) -> T | None:
        self.misses += 1
        if not from_database:
            with contextlib.suppress(*STORE_DOWN, msgspec.DecodeError):
                body = await self._redis.hget(keys.document_key(self._kind, name), "body")
                if body is not None:  # empty for a tombstone: known to be gone
                    return self._decode(name, body) if body else None
        return await self._load(name)

    def _land(self, name: str, flight: Flight[T]) -> None:
        if self._flights.get(name) is flight:
            del self._flights[name]
        if flight.outdated or flight.task.cancelled() or flight.task.exception() is not None:
            return
        value = flight.task.result()
        if value is None:
            self._absent[name] = monotonic()
            if len(self._absent) > ABSENT_NAMES:
                self._absent.popitem(last=False)
            self._known.pop(name, None)
            return
        self._known[name] = (value, monotonic())
        self._known.move_to_end(name)
        if len(self._known) > self._size:
            self._known.popitem(last=False)
