"""Who has come to a server, and the first call that was answered."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from tenants import playground
from tenants.scope import tenant_scope
from tenants.selectors.arrivals import SHOWN, Standing, server_standing
from tenants.services.calls import calls_record
from tenants.services.members import membership_remove
from tests.fixtures.cast import Cast, Person
from tests.tenants.audit_events import event_of

NOW = timezone.now()
BY_KEY = {"credential_kind": "api_key", "credential_id": str(uuid4())}


def record(person: Person, minute: int, **values: Any) -> None:
    calls_record(events=[event_of(person, time=NOW + timedelta(minutes=minute), **values)])


def standing(person: Person) -> Standing:
    with tenant_scope(person.company.tenant):
        return server_standing(actor=person.actor, server=person.company.server)


def arrived(person: Person, minute: int, client: str = "editor/2", **values: Any) -> None:
    record(person, minute, method="initialize", tool="", client_name=client, **values)


def test_at_first_nobody_has_come(cast: Cast) -> None:
    arrived(cast.gus, 0)
    assert standing(cast.ada) == Standing(first=None, called=None, called_tool="", lately=[])


def test_the_first_client_and_the_first_answer_stay_the_first(cast: Cast) -> None:
    arrived(cast.max, 1)
    record(cast.max, 2, outcome="refused")
    record(cast.max, 3, tool="count")
    arrived(cast.ada, 4, "terminal/1", **BY_KEY)
    record(cast.ada, 5)
    found = standing(cast.ada)
    assert found.first is not None
    assert (found.first.client, found.first.person, found.first.at) == (
        "editor",
        cast.max.user,
        NOW + timedelta(minutes=1),
    )
    assert found.called is not None
    assert (found.called.person, found.called_tool) == (cast.max.user, "count")


def test_who_came_lately_is_named_once_each_latest_first(cast: Cast) -> None:
    arrived(cast.max, 1)
    arrived(cast.max, 2)
    arrived(cast.ada, 3, "terminal/1", **BY_KEY)
    arrived(cast.ada, 4, "")
    lately = [(each.client, each.person, each.by_key) for each in standing(cast.ada).lately]
    assert lately == [
        ("A client without a name", cast.ada.user, False),
        ("terminal", cast.ada.user, True),
        ("editor", cast.max.user, False),
    ]
    for number in range(SHOWN + 5):
        arrived(cast.max, 10 + number, f"client-{number}/1")
    assert len(standing(cast.ada).lately) == SHOWN


def test_a_caller_sees_their_own_clients(cast: Cast) -> None:
    arrived(cast.ada, 1)
    assert standing(cast.max).first is None
    arrived(cast.max, 2)
    found = standing(cast.max)
    assert [each.person for each in found.lately] == [cast.max.user]


def test_the_playground_is_no_client(cast: Cast) -> None:
    record(cast.ada, 1, client=playground.CLIENT, client_name="Atrium Playground/1")
    assert standing(cast.ada).first is None


def test_a_person_who_left_is_named_no_more(cast: Cast) -> None:
    arrived(cast.max, 1)
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    (left,) = standing(cast.ada).lately
    assert left.person is None
