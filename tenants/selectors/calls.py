"""Recorded calls, in the scope of their tenant; and what else the runtime records, where it is asked for."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, Subquery

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Call
from tenants.selectors.servers import server_list

CALL: Final = "tools/call"
ARRIVALS: Final = ("initialize", "server/discover", "tools/list")
"""By which methods a client shows that it has connected, before it calls anything."""

ENDED_SESSION: Final = "sessions/end"
CLOSED_STREAM: Final = "streams/close"
ENDINGS: Final = (ENDED_SESSION, CLOSED_STREAM)
"""What people have ended, by their own hand: no client has done that."""


def call_list(
    *,
    actor: Actor,
    method: str | None = CALL,
    server: str | None = None,
    tool: str | None = None,
    outcome: str | None = None,
    user_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Call]:
    """The calls that the actor may see, newest first: all of the tenant's, or their own; with a key for some servers
    only, calls of those. Narrowed by a method of the protocol (None: every one, arrivals of clients included), a
    server's slug, a tool, an outcome, a user, a time from (inclusive) and to (exclusive).

    Whether the arguments of a call may be shown says `call_shows_arguments`.
    """
    given = {
        "method": method,
        "tool": tool,
        "outcome": outcome,
        "user_id": user_id,
        "time__gte": since,
        "time__lt": until,
    }
    calls = _visible(actor).filter(**{name: value for name, value in given.items() if value is not None})
    if server is None and actor.servers is None:
        return calls
    servers = server_list(actor=actor)
    if server is None:
        return calls.filter(server_id__in=servers.values("pk"))
    # One value, so that the index by server can be read in the order of time.
    return calls.filter(server_id=Subquery(servers.filter(slug=server).values("pk")[:1]))


def call_get(*, actor: Actor, call_id: UUID) -> Call:
    """One of the calls that the actor may see; raises NotFoundError."""
    call = call_list(actor=actor, method=None).filter(pk=call_id).first()
    if call is None:
        raise NotFoundError("There is no such call.")
    return call


def call_shows_arguments(*, actor: Actor, call: Call) -> bool:
    """True where the actor may read the arguments of this call: their own, or everybody's by ability."""
    return actor.may(Ability.READ_CONTENT) or (actor.user_id is not None and call.user_id == actor.user_id)


def _visible(actor: Actor) -> QuerySet[Call]:
    calls = Call.objects.order_by("-time", "pk")
    if actor.may(Ability.SEE_ALL_CALLS):
        return calls
    return calls.filter(user_id=actor.user_id) if actor.may(Ability.CALL_TOOLS) else calls.none()
