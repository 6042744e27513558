"""Sessions and streams of a server: who sees them, and ending them. One's own; everybody's for owner and admin.

Ending takes nothing away: the client may begin anew as long as its key or connection lives. Each end leaves an event in
the audit.
"""

from collections.abc import Callable, Iterable
from time import time
from typing import Any
from uuid import UUID, uuid4

import msgspec

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.open_sessions import Handle, Holder
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Call, Server, Tenant
from tenants.publishing.open_sessions import OpenSession, OpenStream, OpenThings, open_things, open_things_end
from tenants.scope import tenant_scope
from tenants.selectors.calls import CLOSED_STREAM, ENDED_SESSION
from tenants.selectors.servers import server_get
from tenants.services.calls import call_row


def open_things_seen(*, actor: Actor, server: Server, user_id: UUID | None = None) -> OpenThings:
    """What of all that is open the actor may see, and end; of one person, where that is asked. Raises
    UnavailableError."""
    found = open_things(server=server)
    holds = _seen_by(actor, user_id)
    return OpenThings(
        [session for session in found.sessions if holds(session.holder)],
        [stream for stream in found.streams if holds(stream.holder)],
        found.at,
    )


def server_of_open_thing(*, actor: Actor, slug: str) -> Server:
    """The server of a session or stream. Raises NotFoundError, in the words that are said of what is not open: which of
    the two is not there is told to nobody."""
    try:
        return server_get(slug=slug, actor=actor)
    except NotFoundError as error:
        raise gone() from error


def gone() -> NotFoundError:
    """What is said of a session or stream that is not there, or not the actor's to see."""
    return NotFoundError("There is no such session or stream here. It may have ended.")


def session_end(*, tenant: Tenant, actor: Actor, server: Server, session_id: Handle) -> None:
    """End a session, with its streams and its running calls. Raises NotFoundError, UnavailableError."""
    seen = open_things_seen(actor=actor, server=server)
    chosen = [session for session in seen.sessions if session.id == session_id]
    if not chosen:
        raise gone()
    _end(tenant, actor, server, OpenThings(chosen, [], seen.at))


def stream_close(*, tenant: Tenant, actor: Actor, server: Server, stream_id: Handle) -> None:
    """Close a stream; a call that it answers is cancelled. Raises NotFoundError, UnavailableError."""
    seen = open_things_seen(actor=actor, server=server)
    chosen = [stream for stream in seen.streams if stream.id == stream_id]
    if not chosen:
        raise gone()
    _end(tenant, actor, server, OpenThings([], chosen, seen.at))


def open_things_seen_end(*, tenant: Tenant, actor: Actor, server: Server, user_id: UUID | None = None) -> OpenThings:
    """End all that the actor sees; of one person, where that is asked. What was ended. Raises UnavailableError."""
    seen = open_things_seen(actor=actor, server=server, user_id=user_id)
    if seen.ids:
        _end(tenant, actor, server, seen)
    return seen


def _end(tenant: Tenant, actor: Actor, server: Server, things: OpenThings) -> None:
    """Nothing ends that is not recorded: the events are taken back where it could not be ended."""
    with tenant_scope(tenant):
        Call.objects.bulk_create(map(call_row, _events(actor, server, things)), batch_size=200)
        open_things_end(server=server, things=things)


def _events(actor: Actor, server: Server, things: OpenThings) -> Iterable[AuditEvent]:
    for session in things.sessions:
        yield _event(actor, server, session, ENDED_SESSION, session=session.listed.audited_as)
    for stream in things.streams:
        yield _event(actor, server, stream, CLOSED_STREAM, tool=stream.listed.tool)


def _event(actor: Actor, server: Server, thing: OpenSession | OpenStream, method: str, **more: Any) -> AuditEvent:
    """Who ended it; whose it was is said in what would be the arguments of a call."""
    holder = thing.holder
    whose = {"user": holder.user or holder.service_account, "client": holder.client, "since": thing.since.isoformat()}
    return AuditEvent(
        id=uuid4().hex,
        time=time(),
        tenant_id=str(server.tenant_id),
        server_id=str(server.pk),
        method=method,
        user=None if actor.user_id is None else str(actor.user_id),
        client_name=holder.client_name,
        protocol_version=thing.listed.version,
        arguments=msgspec.json.encode(whose).decode(),
        **more,
    )


def _seen_by(actor: Actor, user_id: UUID | None) -> Callable[[Holder], bool]:
    sees_all, own = actor.may(Ability.MANAGE_MEMBERS), None
    if not sees_all:
        actor.require(Ability.CALL_TOOLS)
        own = str(actor.user_id)
    asked = None if user_id is None else str(user_id)
    return lambda holder: (sees_all or holder.user == own) and asked in (None, holder.user)
