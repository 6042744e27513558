"""What a session has beside its record: the resources it subscribed to, the streams that stand open for it, and what
its client was last told of the lists. Kept in Redis, found by the session's owner alone.

A session may have several standing streams, on several replicas; a message is for one of them (MCP 2025-11-25
basic/transports, "Multiple Connections"): the one that was opened last. The others stay, and have their turn when it
is gone.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from mcp_runtime.contract.keys import DAY_SECONDS
from mcp_runtime.contract.open_sessions import standing_key_names
from mcp_runtime.sessions.store import Owner, session_handle

HOLD_SECONDS: Final = 45
"""How long a stream counts as open without a sign from its replica."""

SUBSCRIPTIONS_AT_MOST: Final = 1_000

ENTER: Final = """
local time = redis.call('TIME')
local place = string.format('%011d%06d.', time[1], time[2]) .. ARGV[1]
redis.call('ZADD', KEYS[1], time[1] + ARGV[2], place)
redis.call('EXPIRE', KEYS[1], ARGV[2] * 2)
return place
"""

RENEW: Final = """
redis.call('ZADD', KEYS[1], redis.call('TIME')[1] + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2] * 2)
redis.call('EXPIRE', KEYS[2], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return 1
"""

SPEAK: Final = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', redis.call('TIME')[1])
local newest = ''
for _, place in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if place > newest then newest = place end
end
if newest > ARGV[1] then return false end
local subscribed = {}
for i = 2, #ARGV do subscribed[i - 1] = redis.call('SISMEMBER', KEYS[2], ARGV[i]) end
return subscribed
"""

SUBSCRIBE: Final = """
if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 and redis.call('SCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


class StandingKeys(NamedTuple):
    """Where it is: the open streams by when they were opened, the subscriptions, and what was told."""

    streams: str
    subscriptions: str
    told: str


class Standing:
    """Reads and changes it. Redis errors pass through."""

    def __init__(self, redis: Any) -> None:
        self._redis = redis
        self._enter, self._renew = redis.register_script(ENTER), redis.register_script(RENEW)
        self._speak, self._subscribe = redis.register_script(SPEAK), redis.register_script(SUBSCRIBE)

    async def subscribe(self, owner: Owner, session_id: str, uri: str) -> bool:
        """Tell this session of this resource from now on; False where it has too many already."""
        key = standing_keys(owner, session_id).subscriptions
        return bool(await self._subscribe(keys=[key], args=[uri, SUBSCRIPTIONS_AT_MOST, DAY_SECONDS]))

    async def unsubscribe(self, owner: Owner, session_id: str, uri: str) -> None:
        """Tell it no longer."""
        await self._redis.srem(standing_keys(owner, session_id).subscriptions, uri)

    async def subscriptions(self, owner: Owner, session_id: str) -> set[str]:
        """The resources that this session subscribed to."""
        members: set[bytes] = await self._redis.smembers(standing_keys(owner, session_id).subscriptions)
        return {uri.decode() for uri in members}

    async def enter(self, owner: Owner, session_id: str, name: str) -> str:
        """A stream was opened: its place among those of its session."""
        place: bytes = await self._enter(keys=[standing_keys(owner, session_id).streams], args=[name, HOLD_SECONDS])
        return place.decode()

    async def renew(self, owner: Owner, session_id: str, place: str) -> None:
        """It is still open."""
        await self._renew(keys=list(standing_keys(owner, session_id)), args=[place, HOLD_SECONDS, DAY_SECONDS])

    async def leave(self, owner: Owner, session_id: str, place: str) -> None:
        """It is no longer."""
        await self._redis.zrem(standing_keys(owner, session_id).streams, place)

    async def speak(self, owner: Owner, session_id: str, place: str, uris: Sequence[str]) -> set[str] | None:
        """Of these resources, those that the session subscribed to; None where another stream speaks for it."""
        keys = standing_keys(owner, session_id)
        subscribed = await self._speak(keys=[keys.streams, keys.subscriptions], args=[place, *uris])
        if subscribed is None:
            return None
        return {uri for uri, is_member in zip(uris, subscribed, strict=True) if is_member}

    async def told(self, owner: Owner, session_id: str) -> bytes | None:
        """What `tell` kept."""
        kept: bytes | None = await self._redis.get(standing_keys(owner, session_id).told)
        return kept

    async def tell(self, owner: Owner, session_id: str, lists: bytes) -> None:
        """The client knows of these lists."""
        await self._redis.set(standing_keys(owner, session_id).told, lists, ex=DAY_SECONDS)

    async def forget(self, owner: Owner, session_id: str) -> None:
        """The session has ended."""
        await self._redis.delete(*standing_keys(owner, session_id))


def session_topic(owner: Owner, session_id: str) -> str:
    """The session's name on the bus; nobody finds the session by it."""
    return session_handle(owner, session_id)


def standing_keys(owner: Owner, session_id: str) -> StandingKeys:
    """The keys of a session."""
    return StandingKeys(*standing_key_names(session_handle(owner, session_id)))
