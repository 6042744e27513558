"""Session records: kept in Redis under tenant, server and principal; the id alone opens nothing.

MCP 2025-11-25 basic/transports, "Session Management". A session ends by DELETE, or after an hour without a request;
from then on its id answers 404, and the client initializes again.
"""

from hashlib import sha256
from secrets import token_urlsafe
from time import time
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract import keys
from mcp_runtime.contract.open_sessions import Holder, ListedSession, SessionKeys, encode_open, live_news, session_keys

ID_BYTES: Final = 24
ID_LENGTH: Final = 128
AUDITED_LENGTH: Final = 8
"""How much of an id the audit keeps: enough to tell sessions apart, too little to use one."""

NOBODY: Final = Holder()

CREATE: Final = """
local now = tonumber(redis.call('TIME')[1])
for _, expired in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  redis.call('HDEL', KEYS[3], expired)
  redis.call('ZREM', KEYS[4], expired)
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[2]), KEYS[1])
redis.call('HSET', KEYS[3], KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[4], now, KEYS[1])
for i = 2, 4 do redis.call('EXPIRE', KEYS[i], tonumber(ARGV[2]) * 2) end
redis.call('PUBLISH', ARGV[5], ARGV[6])
return 1
"""

READ: Final = """
local record = redis.call('GETEX', KEYS[1], 'EX', ARGV[1])
if record then
  local now = tonumber(redis.call('TIME')[1])
  redis.call('ZADD', KEYS[2], 'XX', now + tonumber(ARGV[1]), KEYS[1])
  if ARGV[2] == '1' then redis.call('ZADD', KEYS[4], 'XX', now, KEYS[1]) end
  for i = 2, 4 do redis.call('EXPIRE', KEYS[i], tonumber(ARGV[1]) * 2) end
end
return record
"""


class Session(Struct, frozen=True, kw_only=True):
    """What `initialize` agreed on. `log_level` is what logging/setLevel asked for; info until then."""

    id: str
    version: str
    capabilities: dict[str, Any] = {}
    client_info: dict[str, Any] = {}
    log_level: str = "info"


class Owner(Struct, frozen=True):
    """Whose session: nobody else finds it, whatever id they send."""

    tenant: str
    server: str
    principal: str


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Session).decode


class SessionStore:
    """Creates, reads, changes and ends sessions. Redis errors pass through: without Redis there are no sessions."""

    def __init__(self, redis: Any, idle_seconds: int) -> None:
        self._redis, self._idle = redis, idle_seconds
        self._create = redis.register_script(CREATE)
        self._read = redis.register_script(READ)

    async def create(self, owner: Owner, limit: int, holder: Holder = NOBODY, **agreed: Any) -> Session | None:
        """A new session, or None where the tenant has `limit` already."""
        session = Session(id=token_urlsafe(ID_BYTES), **agreed)
        listed = ListedSession(
            server=owner.server,
            version=session.version,
            since=time(),
            holder=holder,
            audited_as=session.id[:AUDITED_LENGTH],
        )
        created = await self._create(
            keys=_keys(owner, session.id),
            args=[_encode(session), self._idle, limit, encode_open(listed), keys.LIVE, live_news(owner.tenant)],
        )
        return session if created else None

    async def read(self, owner: Owner, session_id: str, *, is_request: bool = True) -> Session | None:
        """The owner's session of that id, its idle time begun anew; None for anybody else's. `is_request` says that its
        client asks for something, and not that a stream of it is still open."""
        if len(session_id) > ID_LENGTH:
            return None
        record = await self._read(keys=_keys(owner, session_id), args=[self._idle, "1" if is_request else "0"])
        return _decode(record) if record else None

    async def replace(self, owner: Owner, session: Session) -> None:
        """Keep a changed record; a session that has ended meanwhile stays ended."""
        await self._redis.set(_keys(owner, session.id).record, _encode(session), ex=self._idle, xx=True)

    async def end(self, owner: Owner, session_id: str) -> bool:
        """End the owner's session; False where there is none."""
        names = _keys(owner, session_id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(names.record)
            pipe.zrem(names.expiries, names.record)
            pipe.hdel(names.listed, names.record)
            pipe.zrem(names.requests, names.record)
            pipe.publish(keys.LIVE, live_news(owner.tenant))
            deleted, *_ = await pipe.execute()
        return bool(deleted)


def session_handle(owner: Owner, session_id: str) -> str:
    """What names the session to people and on the bus; nobody finds it by that. Hashed, so that no client text becomes
    part of a key."""
    return sha256("\0".join((owner.tenant, owner.server, owner.principal, session_id)).encode()).hexdigest()


def _keys(owner: Owner, session_id: str) -> SessionKeys:
    return session_keys(owner.tenant, session_handle(owner, session_id))
