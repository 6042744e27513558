"""Requests that go the other way, from a call to its client, and the replies: a client posts them wherever it happens
to get (MCP 2025-11-25 basic/transports, "Sending Messages to the Server"), the call waits on one replica.

What is expected is in Redis, under who was asked: tenant, server, principal and session are part of its key, so nobody
else's reply finds it. The first reply is kept there, and said on the bus; who waits looks now and then as well.
"""

import contextlib
from hashlib import sha256
from typing import Any, Final, NamedTuple

from msgspec import UNSET

from mcp_runtime.calls.bell import Bell
from mcp_runtime.contract.keys import CLIENT_REPLIES, PREFIX
from mcp_runtime.contract.open_sessions import session_keys
from mcp_runtime.input.answers import ANSWER_BYTES
from mcp_runtime.protocol.jsonrpc import Message, encode
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.sessions.store import Owner, session_handle

EXPECT: Final = """
redis.call('HSETNX', KEYS[1], 'scoped', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""

REPLY: Final = """
local scoped = redis.call('HGET', KEYS[1], 'scoped')
if not scoped or (scoped == '1' and ARGV[2] ~= '1') then return 0 end
if redis.call('HSETNX', KEYS[1], 'reply', ARGV[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[3], KEYS[1])
return 1
"""

TOO_LONG: Final = encode({"error": {"message": f"its answer is longer than {ANSWER_BYTES} bytes"}})


class NoReply(Exception):  # noqa: N818 - reads as the state it reports
    """None will come: the session has ended, or the store was emptied."""


class Expected(NamedTuple):
    """The reply to one request: where it will be kept, and the record of the session that it comes in."""

    key: str
    session: str


class ClientRequests:
    """Expects replies, takes them, and tells who waits. `interval` is seconds between two looks of one who does."""

    def __init__(self, redis: Any, interval: float) -> None:
        self._redis, self._interval = redis, interval
        self._expect, self._reply = redis.register_script(EXPECT), redis.register_script(REPLY)
        self._waiting: dict[str, set[Bell]] = {}

    async def expect(self, expected: Expected, *, is_scoped: bool, seconds: float) -> None:
        """Take a reply from now on, for so many seconds; one that is there already stays. `is_scoped` says that
        only a credential with `mcp:call` may send it. Redis errors pass through."""
        await self._expect(keys=[expected.key], args=["1" if is_scoped else "0", round(seconds) + 1])

    async def reply(self, expected: Expected, body: bytes, *, has_scope: bool) -> None:
        """A client has replied. The first reply counts; one that nobody expects changes nothing. Redis errors pass
        through."""
        await self._reply(keys=[expected.key], args=[body, "1" if has_scope else "0", CLIENT_REPLIES])

    async def wait(self, expected: Expected) -> bytes:
        """The reply, however long it takes. Raises NoReply."""
        bell = Bell()
        for place in expected:
            self._waiting.setdefault(place, set()).add(bell)
        try:
            while (reply := await self._look(expected)) is None:
                await bell.heard(self._interval)
            return reply
        finally:
            for place in expected:
                self._leave(place, bell)

    async def forget(self, expected: Expected) -> None:
        """Nobody waits for it any more, or it was taken."""
        with contextlib.suppress(*STORE_DOWN):
            await self._redis.delete(expected.key)

    async def session_ended(self, owner: Owner, session_id: str) -> None:
        """Nobody can reply in it any more."""
        with contextlib.suppress(*STORE_DOWN):
            await self._redis.publish(CLIENT_REPLIES, _session_record(owner, session_id))

    def hear(self, message: bytes) -> None:
        """Something was said of a reply or a session."""
        for bell in self._waiting.get(message.decode(errors="replace"), ()):
            bell.ring()

    async def _look(self, expected: Expected) -> bytes | None:
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hmget(expected.key, "scoped", "reply")
                pipe.exists(expected.session)
                (scoped, reply), is_open = await pipe.execute()
        except STORE_DOWN:
            return None
        if reply is None and scoped is None:
            raise NoReply("The question was lost before it was answered. Call again.")
        if reply is None and not is_open:
            raise NoReply("The session ended before the question was answered.")
        return bytes(reply) if reply is not None else None

    def _leave(self, place: str, bell: Bell) -> None:
        bells = self._waiting.get(place, set())
        bells.discard(bell)
        if not bells:
            self._waiting.pop(place, None)


def expected_reply(owner: Owner, session_id: str, request_id: str) -> Expected:
    """The reply to this request, in this session of this owner."""
    names = (owner.tenant, owner.server, owner.principal, session_id, request_id)
    digest = sha256("\0".join(names).encode()).hexdigest()
    return Expected(f"{PREFIX}client-request:{digest}", _session_record(owner, session_id))


def reply_body(message: Message) -> bytes:
    """What is kept of a response; of one that is too long, that it is."""
    part = {"result": message.result} if message.error is UNSET else {"error": message.error}
    kept = encode(part)
    return kept if len(kept) <= ANSWER_BYTES else TOO_LONG


def _session_record(owner: Owner, session_id: str) -> str:
    return session_keys(owner.tenant, session_handle(owner, session_id)).record
