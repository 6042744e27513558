"""What is open on a server, as its people see it: sessions of the older eras, and streams; and the order to end one.

Nothing here opens anything. A session is known by a digest of its owner and its id (`Handle`), a stream by a random
name, and both are found under their tenant alone. The sessions' list and the order are in Redis with the sessions; what
a replica has open expires with the replica.
"""

from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from mcp_runtime.contract.keys import PREFIX

Handle = str
"""What names a session or a stream to people; of no use to a client."""

SESSION_HANDLE_LENGTH: Final = 64
STREAM_HANDLE_LENGTH: Final = 32

LISTENING: Final = "listening"
"""A stream of 2026-07-28 for what the server says by itself."""
STANDING: Final = "standing"
"""The same of a session."""
CALL: Final = "call"
"""A call that takes its time."""

CLOSINGS: Final = PREFIX + "closings"
"""Pub/sub channel, and sorted set by time: what is to end (`Closing`). The set is for whoever missed it on the bus."""

CLOSINGS_SECONDS: Final = 15
"""How long an order is kept there: replicas look every pulse, and a request that had just begun is found as well."""

LIVE_NAME: Final = "sessions"
"""What pages listen for."""


class Place(NamedTuple):
    """A server: the ids of its tenant and of itself."""

    tenant: str
    server: str


class Holder(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who has it open, and with what. `client_name` is what the client calls itself, with its version."""

    user: str | None = None
    service_account: str | None = None
    client: str = ""
    credential_kind: str = ""
    client_name: str = ""


class ListedSession(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session as it is listed. `audited_as` is what the audit calls it; `since` is Unix time."""

    server: str
    version: str
    since: float
    holder: Holder = Holder()
    audited_as: str = ""


class ListedStream(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An open stream. `session` is the handle of its session, if it has one; `since` is Unix time."""

    kind: str
    since: float
    tool: str = ""
    session: Handle = ""
    version: str = ""
    holder: Holder = Holder()


class Closing(Struct, frozen=True):
    """These sessions and streams of one server are to end."""

    tenant: str
    server: str
    handles: list[Handle]


encode_open: Final = msgspec.json.Encoder().encode
decode_listed_session: Final = msgspec.json.Decoder(ListedSession).decode
decode_listed_stream: Final = msgspec.json.Decoder(ListedStream).decode
decode_closing: Final = msgspec.json.Decoder(Closing).decode


class SessionKeys(NamedTuple):
    """Of one session: its record. Of its tenant: until when each session lives, how each is listed, and when each made
    its last request. The three have the record's key as member."""

    record: str
    expiries: str
    listed: str
    requests: str


def session_keys(tenant: str, handle: Handle) -> SessionKeys:
    """Where a session is."""
    return SessionKeys(f"{PREFIX}session:{handle}", *tenant_session_keys(tenant))


def tenant_session_keys(tenant: str) -> tuple[str, str, str]:
    """Index, list and last requests of a tenant's sessions."""
    return (f"{PREFIX}sessions:{tenant}", f"{PREFIX}sessions-listed:{tenant}", f"{PREFIX}session-requests:{tenant}")


def handle_of_record(key: bytes) -> Handle:
    """The session whose record has this key."""
    return key.decode().rpartition(":")[2]


def standing_key_names(handle: Handle) -> tuple[str, str, str]:
    """What a session has beside its record: its open streams, its subscriptions, and what it was told."""
    return (
        f"{PREFIX}standing-streams:{handle}",
        f"{PREFIX}standing-subscriptions:{handle}",
        f"{PREFIX}standing-told:{handle}",
    )


def streams_key(place: Place, replica: str) -> str:
    """Hash of what one replica has open on a server, by handle."""
    return f"{PREFIX}open-streams:{place.tenant}:{place.server}:{replica}"


def stream_replicas_key(place: Place) -> str:
    """Sorted set of the replicas that have something open on a server, by when they will be forgotten (Unix time in
    milliseconds)."""
    return f"{PREFIX}open-streams:{place.tenant}:{place.server}"


def live_news(tenant: str) -> bytes:
    """What pages of a tenant are told on `keys.LIVE`: ask again."""
    news: dict[str, Any] = {"name": LIVE_NAME, "tenants": [tenant]}
    return encode_open(news)
