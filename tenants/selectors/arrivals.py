"""Which clients have come to a server, in its tenant's scope. What a person tries out in the playground is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from tenants import playground
from tenants.actor import Actor
from tenants.models import Call, Membership, Server, User
from tenants.selectors.calls import CALL, ENDINGS, call_list

SAMPLE: Final = 500
"""Who is connected is taken from so many of the latest records."""

SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Arrival:
    """A client of a person: what it calls itself, how it proves who it acts for, and when. `person` is None where they
    are no member any more."""

    client: str
    person: User | None
    by_key: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a server is on its way: its first client, the first call that a tool answered, and who came lately."""

    first: Arrival | None
    called: Arrival | None
    called_tool: str
    lately: list[Arrival]


def server_standing(*, actor: Actor, server: Server) -> Standing:
    """What the actor may see of it. Four queries."""
    records = call_list(actor=actor, method=None, server=server.slug).exclude(client=playground.CLIENT)
    records = records.exclude(method__in=ENDINGS)
    oldest = records.order_by("time")
    first = oldest.first()
    called = oldest.filter(method=CALL, outcome="ok").first()
    latest = _latest(records)
    people = _people({call.user_id for call in (first, called, *latest) if call and call.user_id})
    return Standing(
        first=None if first is None else _arrival(first, people),
        called=None if called is None else _arrival(called, people),
        called_tool="" if called is None else called.tool,
        lately=[_arrival(call, people) for call in latest],
    )


def _latest(records: QuerySet[Call]) -> list[Call]:
    """One for each client of each person, as it was seen last."""
    # Plain tuples, grouped here: asked to group the latest rows, SQLite looks at all of the tenant's.
    columns = ("user_id", "client_name", "credential_kind", "time")
    latest: dict[tuple[Any, ...], datetime] = {}
    for *client, time in records.values_list(*columns)[:SAMPLE]:
        latest.setdefault(tuple(client), time)
    shown = list(latest.items())[:SHOWN]
    return [
        Call(user_id=user_id, client_name=client_name, credential_kind=credential_kind, time=time)
        for (user_id, client_name, credential_kind), time in shown
    ]


def _people(ids: set[UUID]) -> dict[UUID, User]:
    members = Membership.objects.filter(user_id__in=ids).select_related("user")
    return {member.user_id: member.user for member in members}


def _arrival(call: Call, people: dict[UUID, User]) -> Arrival:
    person = people.get(call.user_id) if call.user_id else None
    return Arrival(_client_name(call), person, call.credential_kind == "api_key", call.time)


def _client_name(call: Call) -> str:
    """Without its version, which says little here."""
    return str(call.client_name).rpartition("/")[0] or str(call.client_name) or "A client without a name"
