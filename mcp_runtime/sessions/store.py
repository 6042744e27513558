"""Session records: kept in Redis under tenant, server and principal; the id alone opens nothing.

MCP 2025-11-25 basic/transports, "Session Management". A session ends by DELETE, or after an hour without a request;
from then on its id answers 404, and the client initializes again.
"""

from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract.keys import PREFIX

ID_BYTES: Final = 24
ID_LENGTH: Final = 128

CREATE: Final = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('ZADD', KEYS[2], now + tonumber(ARGV[2]), KEYS[1])
redis.call('EXPIRE', KEYS[2], tonumber(ARGV[2]) * 2)
return 1
"""

READ: Final = """
local record = redis.call('GETEX', KEYS[1], 'EX', ARGV[1])
if record then
  redis.call('ZADD', KEYS[2], 'XX', tonumber(redis.call('TIME')[1]) + tonumber(ARGV[1]), KEYS[1])
  redis.call('EXPIRE', KEYS[2], tonumber(ARGV[1]) * 2)
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

    async def create(self, owner: Owner, limit: int, **agreed: Any) -> Session | None:
        """A new session, or None where the tenant has `limit` already."""
        session = Session(id=token_urlsafe(ID_BYTES), **agreed)
        created = await self._create(keys=_keys(owner, session.id), args=[_encode(session), self._idle, limit])
        return session if created else None

    async def read(self, owner: Owner, session_id: str) -> Session | None:
        """The owner's session of that id, its idle time begun anew; None for anybody else's."""
        if len(session_id) > ID_LENGTH:
            return None
        record = await self._read(keys=_keys(owner, session_id), args=[self._idle])
        return _decode(record) if record else None

    async def replace(self, owner: Owner, session: Session) -> None:
        """Keep a changed record; a session that has ended meanwhile stays ended."""
        await self._redis.set(_keys(owner, session.id)[0], _encode(session), ex=self._idle, xx=True)

    async def end(self, owner: Owner, session_id: str) -> bool:
        """End the owner's session; False where there is none."""
        session_key, index_key = _keys(owner, session_id)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(session_key)
            pipe.zrem(index_key, session_key)
            deleted, _ = await pipe.execute()
        return bool(deleted)


def _keys(owner: Owner, session_id: str) -> list[str]:
    """The record's key, and the tenant's index of sessions. Hashed, so that no client text becomes part of a key."""
    name = sha256("\0".join((owner.tenant, owner.server, owner.principal, session_id)).encode()).hexdigest()
    return [f"{PREFIX}session:{name}", f"{PREFIX}sessions:{owner.tenant}"]
