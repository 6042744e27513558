"""The event log of a legacy stream: its messages, kept in Redis for a while, so that a client that lost its connection
goes on where it was, on any replica.

MCP 2025-11-25 basic/transports, "Resumability and Redelivery". A log has one writer, the replica that runs the call,
and at most one reader, the connection that the client opened last. It is found only by who opened it: tenant, server,
principal and session are part of its key, so anybody else's event id is like one that was never given out.
"""

import re
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from mcp_runtime.contract.keys import PREFIX
from mcp_runtime.protocol.jsonrpc import RequestId
from mcp_runtime.sessions.store import Owner

NAME_BYTES: Final = 18
EVENT_ID: Final = re.compile(r"([A-Za-z0-9_-]{24})\.(0|[1-9][0-9]{0,8})", re.ASCII)
"""`<stream>.<position>`: which stream can't be guessed, and where in it."""

CALL: Final = "tools/call"

EVENTS_AT_MOST: Final = 5_000
BYTES_AT_MOST: Final = 4 * 1024 * 1024
"""A log keeps this much of its newest messages."""

KEPT_SECONDS: Final = 300
"""How long a log outlives its end, for a client that was away."""

DELIVERED_SECONDS: Final = 30
"""The same for a client that was there: what was sent may not have arrived."""

OPEN: Final = """
redis.call('HSET', KEYS[1], 'about', ARGV[1], 'writer', ARGV[2], 'reader', ARGV[2], 'top', 0)
redis.call('EXPIRE', KEYS[1], ARGV[3])
if KEYS[2] then redis.call('SET', KEYS[2], KEYS[1], 'EX', ARGV[3]) end
return 1
"""

WRITE: Final = """
local state = redis.call('HMGET', KEYS[1], 'writer', 'reader', 'top')
if not state[1] then return false end
if state[1] ~= ARGV[1] then return 0 end
local first, top = tonumber(ARGV[3]), tonumber(state[3])
for i = 6, #ARGV do
  local position = first + i - 6
  if position > top then
    redis.call('XADD', KEYS[2], string.format('%d-0', position), 'm', ARGV[i])
    top = position
  end
end
redis.call('HSET', KEYS[1], 'top', top)
if ARGV[4] ~= '' then redis.call('XTRIM', KEYS[2], 'MINID', ARGV[4] .. '-0') end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'ended', 1) end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return state[2]
"""

RELEASE: Final = """
if redis.call('HGET', KEYS[1], 'writer') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'writer', '')
return 1
"""

CLAIM: Final = """
local state = redis.call('HMGET', KEYS[1], 'about', 'writer', 'top', 'ended')
if not state[1] then return false end
if state[4] and tonumber(state[3]) <= tonumber(ARGV[2]) then return state end
redis.call('HSET', KEYS[1], 'reader', ARGV[1])
return state
"""

TAKE_OVER: Final = """
local state = redis.call('HMGET', KEYS[1], 'writer', 'ended')
if state[1] ~= ARGV[1] or state[2] then return 0 end
redis.call('HSET', KEYS[1], 'writer', ARGV[2])
return 1
"""


class StreamAbout(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What whoever goes on with a stream must know: which request it answers, and the job it waits for, if any.

    A request of another `method` than a call's waits for a job that is not its own.
    One that `is_standing` answers none: the client opened it to hear what the server says by itself.
    """

    request_id: RequestId
    tool: str
    progress_token: RequestId | None = None
    job_id: str | None = None
    method: str = CALL
    is_standing: bool = False


decode_about = msgspec.json.Decoder(StreamAbout).decode


class StreamKeys(NamedTuple):
    """Where a log is: what is known of the stream, and its messages."""

    state: str
    events: str


class Scripts:
    """What is done to a log in one step."""

    def __init__(self, redis: Any) -> None:
        self.open, self.write = redis.register_script(OPEN), redis.register_script(WRITE)
        self.release, self.claim = redis.register_script(RELEASE), redis.register_script(CLAIM)
        self.take_over = redis.register_script(TAKE_OVER)


def stream_keys(owner: Owner, session_id: str, name: str) -> StreamKeys:
    """The keys of a stream's log."""
    digest = _digest(owner, session_id, name)
    return StreamKeys(f"{PREFIX}stream:{digest}", f"{PREFIX}stream-events:{digest}")


def request_key(owner: Owner, session_id: str, request_id: RequestId) -> str:
    """Where it is written which stream answers a request that waits for a job: the key of its state."""
    kind = "number" if isinstance(request_id, int) else "text"
    return f"{PREFIX}stream-of:{_digest(owner, session_id, kind, str(request_id))}"


def _digest(owner: Owner, *names: str) -> str:
    """Hashed, so that no client text becomes part of a key."""
    return sha256("\0".join((owner.tenant, owner.server, owner.principal, *names)).encode()).hexdigest()


def event_id(name: str, position: int) -> str:
    """The id of one event, as clients see it."""
    return f"{name}.{position}"


def parse_event_id(text: str) -> tuple[str, int] | None:
    """Stream and position of an event id; None for what is none."""
    match = EVENT_ID.fullmatch(text)
    return None if match is None else (match[1], int(match[2]))
