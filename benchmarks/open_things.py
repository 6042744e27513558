"""Sessions and streams as runtimes keep them in the store, without a runtime: for pages that show them."""

from time import time
from typing import Any
from uuid import uuid4

from mcp_runtime.contract.open_sessions import (
    LISTENING,
    Handle,
    Holder,
    ListedSession,
    ListedStream,
    encode_open,
    session_keys,
    stream_replicas_key,
    streams_key,
)
from tenants.models import Server
from tenants.publishing.open_sessions import place_of
from tenants.publishing.store import store

DAY_SECONDS = 86_400
REPLICA = "some-replica"


def handle_made_up() -> Handle:
    """What could name a session; the first half of it could name a stream."""
    return uuid4().hex * 2


def session_opened(server: Server, holder: Holder, handle: Handle = "", *, ago: float = 60.0, last: float = 5.0) -> str:
    """A session that began so many seconds ago, and last asked for something so many ago; its handle."""
    place, handle, now = place_of(server), handle or handle_made_up(), time()
    names = session_keys(place.tenant, handle)
    listed = ListedSession(
        server=place.server, version="2025-11-25", since=now - ago, holder=holder, audited_as=handle[:8]
    )
    with store().pipeline() as pipe:
        pipe.set(names.record, b"{}")
        pipe.zadd(names.expiries, {names.record: now + DAY_SECONDS})
        pipe.hset(names.listed, names.record, encode_open(listed))
        pipe.zadd(names.requests, {names.record: now - last})
        pipe.execute()
    return handle


def stream_opened(server: Server, holder: Holder, handle: Handle = "", *, ago: float = 60.0, **values: Any) -> Handle:
    """A stream that was opened so many seconds ago; its handle. `values` are those of a `ListedStream`."""
    place, handle, now = place_of(server), handle or handle_made_up()[:32], time()
    about: dict[str, Any] = {"kind": LISTENING, "since": now - ago, "version": "2026-07-28", "holder": holder, **values}
    with store().pipeline() as pipe:
        pipe.hset(streams_key(place, REPLICA), handle, encode_open(ListedStream(**about)))
        pipe.zadd(stream_replicas_key(place), {REPLICA: (now + DAY_SECONDS) * 1000})
        pipe.execute()
    return handle


def holder_of(user: Any, client_name: str = "editor/1.2", **values: Any) -> Holder:
    """Somebody with a client."""
    about: dict[str, Any] = {"client": "editor", "credential_kind": "access_token", "client_name": client_name}
    return Holder(user=str(user.pk), **{**about, **values})
