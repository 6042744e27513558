"""Searching recorded calls, in the scope of their tenant."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tenants.actor import Actor
from tenants.models import ApiKey, Call, Connection, Membership, Server
from tenants.selectors.calls import call_list


@dataclass(frozen=True, slots=True)
class CallSearch:
    """Which calls; what is None does not matter. `server` is a slug, `client` an OAuth client's id or the family of a
    key, `credential_id` one key or token. Times are inclusive below, exclusive above."""

    server: str | None = None
    tool: str | None = None
    outcome: str | None = None
    user_id: UUID | None = None
    client: str | None = None
    credential_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def calls_found(*, actor: Actor, search: CallSearch) -> QuerySet[Call]:
    """The calls that the actor may see and that were searched for, newest first."""
    found = call_list(
        actor=actor,
        server=search.server,
        tool=search.tool,
        outcome=search.outcome,
        user_id=search.user_id,
        since=search.since,
        until=search.until,
    )
    given = {"client": search.client, "credential_id": search.credential_id}
    return found.filter(**{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True)
class CallNames:
    """The names of what calls speak of, as far as it is still there; by id."""

    people: dict[UUID, Membership]
    servers: dict[UUID, Server]
    keys: dict[str, str]
    clients: dict[str, str]


def call_names(*, calls: list[Call]) -> CallNames:
    """Look the names up, for a page of calls: at most four queries, however many there are."""
    users = {call.user_id for call in calls if call.user_id}
    servers = {call.server_id for call in calls}
    families = {call.client for call in calls if call.credential_kind == "api_key" and _is_uuid(call.client)}
    clients = {call.client for call in calls if call.credential_kind != "api_key" and call.client}
    people = Membership.objects.filter(user_id__in=users).select_related("user") if users else ()
    keys = ApiKey.objects.filter(family__in=families).order_by("created_at") if families else ()
    connections = Connection.objects.filter(client_id__in=clients).order_by("consented_at") if clients else ()
    return CallNames(
        people={member.user_id: member for member in people},
        servers=Server.objects.in_bulk(servers) if servers else {},
        keys={str(key.family): key.name for key in keys},
        clients={connection.client_id: connection.client_name for connection in connections if connection.client_name},
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
