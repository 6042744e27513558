from datetime import timedelta

from django.utils import timezone

from tenants.models import ApiKey
from tenants.scope import tenant_scope
from tenants.selectors.first_call import FirstCall, first_call
from tenants.services.api_keys import api_key_create
from tenants.services.calls import calls_record
from tenants.services.servers import server_delete
from tests.fixtures.cast import Cast, Person
from tests.tenants.audit_events import event_of


def standing(person: Person) -> FirstCall:
    with tenant_scope(person.company.tenant):
        return first_call(actor=person.actor)


def key_used(person: Person, *scopes: str) -> None:
    issued = api_key_create(tenant=person.company.tenant, actor=person.actor, name="Key", scopes=scopes)
    with tenant_scope(person.company.tenant):
        ApiKey.objects.filter(pk=issued.api_key.pk).update(last_used_at=timezone.now())


def test_the_steps_are_taken_one_after_the_other(cast: Cast) -> None:
    server_delete(tenant=cast.globex.tenant, actor=cast.gus.actor, server=cast.globex.server)
    assert standing(cast.gus) == FirstCall(server=None, tools=0, connected_at=None, called_at=None)

    begun = standing(cast.ada)
    assert (begun.server, begun.tools, begun.connected_at, begun.is_done) == (cast.acme.server, 2, None, False)

    calls_record(events=[event_of(cast.ada, outcome="refused")])
    refused = standing(cast.ada)
    assert refused.connected_at is not None
    assert not refused.is_done

    calls_record(events=[event_of(cast.ada)])
    assert standing(cast.ada).is_done
    assert standing(cast.gus).connected_at is None


def test_a_key_in_use_shows_that_a_client_has_connected_unless_it_only_manages(cast: Cast) -> None:
    key_used(cast.ada, "manage:read")
    assert standing(cast.ada).connected_at is None
    key_used(cast.ada, "mcp:read")
    assert standing(cast.ada).connected_at is not None


def test_a_caller_sees_how_far_they_have_come_themselves(cast: Cast) -> None:
    calls_record(events=[event_of(cast.ada, time=timezone.now() - timedelta(hours=1))])
    assert not standing(cast.max).is_done
    calls_record(events=[event_of(cast.max)])
    assert standing(cast.max).is_done
