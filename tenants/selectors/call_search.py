"""Searching recorded calls, in the scope of their tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.models import ApiKey, Call, Connection, Job, Membership, Server, ServerTool
from tenants.selectors.api_keys import api_key_list
from tenants.selectors.calls import CALL, call_list
from tenants.selectors.credentials import KIND_API_KEY
from tenants.selectors.servers import server_list


@dataclass(frozen=True, slots=True)
class CallSearch:
    """Which calls, by default those of tools; what is None does not matter. `server` is a slug, `client` an OAuth
    client's id or the family of a key, `credential_id` one key or token, `trace_id` a W3C trace. Times are inclusive
    below, exclusive above."""

    method: str | None = CALL
    server: str | None = None
    tool: str | None = None
    outcome: str | None = None
    user_id: UUID | None = None
    client: str | None = None
    credential_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    trace_id: str | None = None


def calls_found(*, actor: Actor, search: CallSearch) -> QuerySet[Call]:
    """The calls that the actor may see and that were searched for, newest first."""
    found = call_list(
        actor=actor,
        method=search.method,
        server=search.server,
        tool=search.tool,
        outcome=search.outcome,
        user_id=search.user_id,
        since=search.since,
        until=search.until,
    )
    given = {"client": search.client, "credential_id": search.credential_id, "trace_id": search.trace_id}
    return found.filter(**{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True)
class CallNames:
    """The names of what calls speak of, as far as it is still there; by id."""

    people: dict[UUID, Membership]
    servers: dict[UUID, Server]
    keys: dict[str, str]
    clients: dict[str, str]


def call_names(*, calls: Sequence[Call] | Sequence[Job]) -> CallNames:
    """Look the names up, for a page of calls or jobs: at most four queries, however many there are."""
    users = {call.user_id for call in calls if call.user_id}
    servers = {call.server_id for call in calls}
    families = {call.client for call in calls if call.credential_kind == KIND_API_KEY and is_uuid(call.client)}
    clients = {call.client for call in calls if call.credential_kind != KIND_API_KEY and call.client}
    people = Membership.objects.filter(user_id__in=users).select_related("user") if users else ()
    keys = ApiKey.objects.filter(family__in=families).order_by("created_at") if families else ()
    connections = Connection.objects.filter(client_id__in=clients).order_by("consented_at") if clients else ()
    return CallNames(
        people={member.user_id: member for member in people},
        servers=Server.objects.in_bulk(servers) if servers else {},
        keys={str(key.family): key.name for key in keys},
        clients={connection.client_id: connection.client_name for connection in connections if connection.client_name},
    )


def is_uuid(text: str) -> bool:
    """True for what can be an id of ours; calls also name what is none."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


MOST_CHOICES: Final = 200
"""How many tools, keys or clients a filter offers; others are found by their name in the URL."""


def tool_choices(*, actor: Actor) -> list[str]:
    """The names of the tools that there are, to search calls by; for who sees their own calls only, of those that they
    called: which others there are is not for everybody to know."""
    if not actor.may(Ability.SEE_ALL_CALLS):
        called = call_list(actor=actor).order_by().values_list("tool", flat=True)
        return sorted(called.distinct()[:MOST_CHOICES])
    tools = (
        ServerTool.objects.filter(server__in=server_list(actor=actor)).order_by("name").values_list("name", flat=True)
    )
    return list(tools.distinct()[:MOST_CHOICES])


def client_choices(*, actor: Actor) -> list[tuple[str, str]]:
    """What calls come by, to search calls by: keys (by family) and OAuth clients (by id), with their names; everybody's
    for who sees everybody's calls. Two queries."""
    own = {} if actor.may(Ability.SEE_ALL_CALLS) else {"user_id": actor.user_id}
    keys = ApiKey.objects.filter(**own).order_by("created_at").values_list("family", "name")
    clients = Connection.objects.filter(**own).order_by("consented_at").values_list("client_id", "client_name")
    named_keys = {str(family): f"API key · {name}" for family, name in keys[:MOST_CHOICES]}
    named_clients = {client_id: name or client_id for client_id, name in clients[:MOST_CHOICES]}
    return sorted({**named_keys, **named_clients}.items(), key=lambda choice: choice[1].lower())


def credential_page(*, actor: Actor, call: Call) -> tuple[str, UUID] | None:
    """What the call came by, where it is still there and the actor may see it: `keys` or `connections`, and its id."""
    if call.credential_kind == KIND_API_KEY:
        key = api_key_list(actor=actor).filter(pk=call.credential_id).first() if is_uuid(call.credential_id) else None
        return None if key is None else ("keys", key.pk)
    who = {"user_id": call.user_id, "server_id": call.server_id, "client_id": call.client}
    if call.user_id != actor.user_id and not actor.may(Ability.MANAGE_MEMBERS):
        return None
    connection = Connection.objects.filter(**who).order_by("-consented_at").first()
    return None if connection is None else ("connections", connection.pk)
