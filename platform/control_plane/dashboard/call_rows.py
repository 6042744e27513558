"""Calls as tables show them, with the names of what they speak of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.outcome_words import OutcomeWords, outcome_words
from tenants import playground
from tenants.models import Call
from tenants.selectors.call_search import CallNames, CallSearch, call_names, calls_found

RECENT: Final = 10


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call. What is gone is named by the beginning of its id."""

    call: Call
    outcome: OutcomeWords
    person: str
    role: str
    server: str
    server_slug: str
    client: str

    @property
    def tool(self) -> str:
        """What was called: a tool, or a method of the protocol."""
        return str(self.call.tool or self.call.method)


def call_rows(calls: list[Call]) -> list[CallRow]:
    """The rows of a page, in the scope of the tenant. At most four queries."""
    names, now = call_names(calls=calls), timezone.now()
    return [_row(call, names, now) for call in calls]


def recent_calls(asked: TenantPage, search: CallSearch) -> list[CallRow]:
    """The last few calls that were searched for, as far as the person may see them."""
    return call_rows(list(calls_found(actor=asked.actor, search=search)[:RECENT]))


def _row(call: Call, names: CallNames, now: datetime) -> CallRow:
    member = names.people.get(call.user_id) if call.user_id else None
    server = names.servers.get(call.server_id)
    role = "" if member is None else member.role
    return CallRow(
        call=call,
        outcome=outcome_words(call, now, role),
        person=_person(call, names),
        role=role,
        server=f"deleted server {str(call.server_id)[:8]}" if server is None else server.name,
        server_slug="" if server is None else server.slug,
        client=_client(call, names),
    )


def _person(call: Call, names: CallNames) -> str:
    if call.user_id is None:
        return call.service_account or "nobody"
    member = names.people.get(call.user_id)
    return f"former member {str(call.user_id)[:8]}" if member is None else str(member.user.name or member.user.email)


def _client(call: Call, names: CallNames) -> str:
    if call.client == playground.CLIENT:
        return playground.NAME
    if call.credential_kind == "api_key":
        return f"API key · {names.keys.get(call.client) or call.client[:8] or 'unknown'}"
    return names.clients.get(call.client) or call.client_name or call.client or "unknown"
