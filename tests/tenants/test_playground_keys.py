"""Keys of the playground: for one person, one server, a quarter of an hour; listed nowhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants import playground
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, LimitReachedError, NotFoundError
from tenants.models import ApiKey
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import credential_by_digest
from tenants.selectors.api_keys import api_key_get, api_key_list
from tenants.selectors.delegates import keys_of_server
from tenants.selectors.server_overviews import Dependents, server_dependents
from tenants.services.grants import grant_set
from tenants.services.members import membership_remove
from tenants.services.playground_keys import playground_key_issue
from tenants.services.servers import server_create
from tests.fixtures.cast import Cast, Person


def issued(person: Person, **changes: Any) -> Any:
    company = person.company
    return playground_key_issue(
        **{"tenant": company.tenant, "actor": person.actor, "server": company.server, **changes}
    )


def test_it_is_good_for_its_server_and_a_quarter_of_an_hour(cast: Cast) -> None:
    server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    key = issued(cast.max)
    row = credential_by_digest(digest=key.api_key.digest)
    assert row is not None
    assert (row.servers, row.scopes, row.user_id) == (("demo",), ("mcp:read", "mcp:call"), cast.max.user.pk)
    assert row.client == playground.CLIENT
    assert timezone.now() < row.expires_at <= timezone.now() + timedelta(minutes=15)


def test_no_list_shows_it(cast: Cast) -> None:
    key = issued(cast.max)
    with tenant_scope(cast.acme.tenant):
        for person in (cast.max, cast.ada):
            assert list(api_key_list(actor=person.actor)) == []
            with pytest.raises(NotFoundError):
                api_key_get(actor=person.actor, api_key_id=key.api_key.pk)


def test_nothing_counts_it_or_says_anything_of_it(cast: Cast) -> None:
    issued(cast.max)
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    with tenant_scope(cast.acme.tenant):
        assert list(keys_of_server(server=cast.acme.server)) == []
        assert server_dependents(server=cast.acme.server) == Dependents(0, 0, 0, 0)
    with pytest.raises(NotFoundError):
        grant_set(**who, subject_kind="api_key", subject=str(playground.FAMILY), target_kind="server", effect="deny")


def test_only_a_person_who_signed_in_and_may_call_gets_one(cast: Cast) -> None:
    ada = cast.ada.user.pk
    for actor in (
        Actor(role="auditor", user_id=ada),
        Actor(role="owner", user_id=ada, scopes=frozenset({"mcp:call"})),
        Actor(role=None),
    ):
        with pytest.raises(AbilityMissingError):
            issued(cast.ada, actor=actor)


def test_the_outsider_gets_none_for_a_server_or_a_tenant_that_is_not_his(cast: Cast) -> None:
    stranger = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="vault", name="Vault")
    with pytest.raises(NotFoundError):
        issued(cast.gus, server=stranger)
    with pytest.raises(NotFoundError):
        issued(cast.gus, tenant=cast.acme.tenant)


def test_expired_ones_are_removed_and_others_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, "MOST_AT_ONCE", 2)
    first = issued(cast.max).api_key
    issued(cast.max)
    with pytest.raises(LimitReachedError):
        issued(cast.max)
    issued(cast.ada)
    with tenant_scope(cast.acme.tenant):
        ApiKey.objects.filter(pk=first.pk).update(expires_at=timezone.now())
    issued(cast.max)
    with tenant_scope(cast.acme.tenant):
        assert not ApiKey.objects.filter(pk=first.pk).exists()


def test_it_ends_with_the_membership(cast: Cast) -> None:
    key = issued(cast.max)
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    row = credential_by_digest(digest=key.api_key.digest)
    assert row is None or not row.is_good(now=timezone.now())
