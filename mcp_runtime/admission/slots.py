"""Slots for calls that last: counted exactly across replicas, in Redis sorted sets whose members expire.

Taken by every call on a stream, renewed by its heartbeat, given back at its end; a replica that dies gives them back
when they expire. Quick calls are counted in the process alone.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from mcp_runtime.contract.keys import PREFIX
from mcp_runtime.replica.redis_link import STORE_DOWN

HOLD_SECONDS: Final = 45

SCRIPT: Final = """
local time = redis.call('TIME')
local now = tonumber(time[1])
for i, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local known = redis.call('ZSCORE', key, ARGV[1])
  if not known and redis.call('ZCARD', key) >= tonumber(ARGV[i + 2]) then return i end
end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + tonumber(ARGV[2]), ARGV[1])
  redis.call('EXPIRE', key, tonumber(ARGV[2]) * 2)
end
return 0
"""
"""All or nothing: a place in every set, or the number of the first that is full. A member already in is renewed."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A ceiling on calls at once. `level` is tenant, principal or tool."""

    level: str
    name: str
    limit: int

    @property
    def key(self) -> str:
        """Its sorted set."""
        return f"{PREFIX}slots:{self.level}:{self.name}"


@dataclass(frozen=True, slots=True)
class Full:
    """No place is free at this level."""

    slot: Slot


class Slots:
    """Takes, renews and gives back places. Without Redis it counts in this process alone."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._script = redis.register_script(SCRIPT)
        self._local: dict[str, dict[str, float]] = {}

    async def take(self, slots: tuple[Slot, ...], member: str) -> Full | None:
        """Take a place at every level for `member` (a unique call id), or renew the places it has."""
        full = self.take_here(slots, member)
        if full is not None:
            return full
        number = await self._count(slots, member)
        if number == 0:
            return None
        self.release_here(slots, member)
        return Full(slots[number - 1])

    async def spread(self, slots: tuple[Slot, ...], member: str) -> None:
        """Count a call in all replicas that began under the places of this process alone. It goes on even where others
        have taken the last place meanwhile."""
        await self._count(slots, member)

    async def release(self, slots: tuple[Slot, ...], member: str) -> None:
        """Give every place back; without Redis they expire by themselves."""
        self.release_here(slots, member)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for slot in slots:
                    pipe.zrem(slot.key, member)
                await pipe.execute()
        except STORE_DOWN:
            return

    async def _count(self, slots: tuple[Slot, ...], member: str) -> int:
        """0, or the number of the slot that is full in all replicas together."""
        try:
            number: int = await self._script(
                keys=[slot.key for slot in slots], args=[member, HOLD_SECONDS, *(slot.limit for slot in slots)]
            )
        except STORE_DOWN:
            return 0
        return number

    def take_here(self, slots: tuple[Slot, ...], member: str) -> Full | None:
        """Take a place at every level in this process alone."""
        for slot in slots:
            members = self._local.get(slot.key, {})
            if member not in members and len(members) >= slot.limit:
                return Full(slot)
        for slot in slots:
            self._local.setdefault(slot.key, {})[member] = monotonic()
        return None

    def release_here(self, slots: tuple[Slot, ...], member: str) -> None:
        """Give places back that were taken in this process alone."""
        for slot in slots:
            members = self._local.get(slot.key)
            if members is not None:
                members.pop(member, None)
                if not members:
                    del self._local[slot.key]
