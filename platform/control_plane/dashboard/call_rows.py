"""Calls as tables show them, with the names of what they speak of."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.caller_names import client_name, person_name, server_name
from control_plane.dashboard.outcome_words import OutcomeWords, is_overdue, outcome_words
from tenants.models import Call
from tenants.selectors.call_search import CallNames, CallSearch, call_names, calls_found
from tenants.selectors.job_search import jobs_unended_of

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
    """The rows of a page, in the scope of the tenant. At most four queries; five where one was begun long ago."""
    names, now = call_names(calls=calls), timezone.now()
    lasting = jobs_unended_of(calls=[call for call in calls if is_overdue(call, now)])
    return [_row(call, names, now, is_job=call.pk in lasting) for call in calls]


def recent_calls(asked: TenantPage, search: CallSearch) -> list[CallRow]:
    """The last few calls that were searched for, as far as the person may see them."""
    return call_rows(list(calls_found(actor=asked.actor, search=search)[:RECENT]))


def _row(call: Call, names: CallNames, now: datetime, *, is_job: bool) -> CallRow:
    member = names.people.get(call.user_id) if call.user_id else None
    server = names.servers.get(call.server_id)
    role = "" if member is None else member.role
    return CallRow(
        call=call,
        outcome=outcome_words(call, now, role, is_job=is_job),
        person=person_name(names, user_id=call.user_id, service_account=call.service_account),
        role=role,
        server=server_name(names, call.server_id),
        server_slug="" if server is None else server.slug,
        client=client_name(names, kind=call.credential_kind, client=call.client, said=call.client_name),
    )
