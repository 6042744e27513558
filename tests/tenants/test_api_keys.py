"""API keys are shown once, may no more than their person, and end."""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from tenants.actor import Actor
from tenants.api_key_format import has_valid_checksum
from tenants.errors import AbilityMissingError, AlreadyEndedError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import ApiKey
from tenants.scope import platform_scope, tenant_scope
from tenants.selectors.api_keys import api_key_get, api_key_list
from tenants.services.api_keys import api_key_create, api_key_revoke, api_key_rotate
from tenants.services.servers import server_create
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey


def test_a_key_is_stored_by_its_hash(cast: Cast, make_key: MakeKey) -> None:
    issued = make_key(cast.max)
    assert has_valid_checksum(issued.secret)
    assert issued.secret not in repr(issued)
    with platform_scope("test"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenants_apikey")
        (row,) = cursor.fetchall()
    written = [str(value) for value in row]
    assert hashlib.sha256(issued.secret.encode()).hexdigest() in written
    assert issued.secret not in "".join(written)
    assert issued.secret[10:] not in "".join(written)


def test_a_key_ends_in_ninety_days_unless_chosen_otherwise(cast: Cast, make_key: MakeKey) -> None:
    lifetime = make_key(cast.max).api_key.expires_at - timezone.now()
    assert timedelta(days=89) < lifetime <= timedelta(days=90)
    assert make_key(cast.max, never_expires=True).api_key.expires_at is None
    with pytest.raises(InvalidValueError):
        make_key(cast.max, expires_at=timezone.now() - timedelta(seconds=1))


def test_a_key_gets_no_more_than_its_maker_has(cast: Cast, make_key: MakeKey) -> None:
    for scope in ("manage:write", "manage:access"):
        with pytest.raises(AbilityMissingError):
            make_key(cast.max, scopes=[scope])
    make_key(cast.ada, scopes=["mcp:call", "manage:read", "manage:write", "manage:access"])
    auditor = Actor(role="auditor", user_id=cast.max.user.pk)
    with pytest.raises(AbilityMissingError):
        api_key_create(tenant=cast.acme.tenant, actor=auditor, name="x", scopes=["manage:read"])


def test_a_key_that_was_named_ahead_is_made_once(cast: Cast, make_key: MakeKey) -> None:
    family = uuid4()
    assert make_key(cast.max, family=family).api_key.family == family
    with pytest.raises(NameTakenError):
        make_key(cast.max, family=family)
    with tenant_scope(cast.acme.tenant):
        assert ApiKey.objects.filter(family=family).count() == 1


def test_a_key_makes_no_stronger_key(cast: Cast) -> None:
    second = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    by_key = Actor(
        role="owner",
        user_id=cast.ada.user.pk,
        scopes=frozenset({"manage:access", "mcp:read"}),
        servers=frozenset({cast.acme.server.pk}),
    )
    who = {"tenant": cast.acme.tenant, "actor": by_key, "name": "next"}
    with pytest.raises(AbilityMissingError):
        api_key_create(**who, scopes=["mcp:call"])
    with pytest.raises(AbilityMissingError):
        api_key_create(**who, scopes=["mcp:read"], servers=[second])
    inherited = api_key_create(**who, scopes=["mcp:read"]).api_key
    with tenant_scope(cast.acme.tenant):
        assert not inherited.all_servers
        assert list(inherited.servers.all()) == [cast.acme.server]


def test_a_key_for_some_servers_neither_sees_nor_ends_keys_that_reach_further(cast: Cast, make_key: MakeKey) -> None:
    second = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="second", name="Second")
    within = make_key(cast.max, servers=[cast.acme.server]).api_key
    everywhere = make_key(cast.max).api_key
    both = make_key(cast.ada, servers=[cast.acme.server, second]).api_key
    by_key = Actor(role="owner", user_id=cast.ada.user.pk, servers=frozenset({cast.acme.server.pk}))
    with tenant_scope(cast.acme.tenant):
        assert list(api_key_list(actor=by_key)) == [within]
    for beyond in (everywhere, both):
        with pytest.raises(NotFoundError):
            api_key_revoke(tenant=cast.acme.tenant, actor=by_key, api_key_id=beyond.pk)
    assert api_key_revoke(tenant=cast.acme.tenant, actor=by_key, api_key_id=within.pk).revoked_at


def test_a_key_renews_no_stronger_key(cast: Cast, make_key: MakeKey) -> None:
    narrow = make_key(cast.ada, scopes=["mcp:read"], servers=[cast.acme.server]).api_key
    wider = make_key(cast.ada, scopes=["mcp:read"]).api_key
    stronger = make_key(cast.ada, scopes=["mcp:read", "mcp:call"], servers=[cast.acme.server]).api_key
    by_key = Actor(
        role="owner",
        user_id=cast.ada.user.pk,
        scopes=frozenset({"manage:access", "mcp:read"}),
        servers=frozenset({cast.acme.server.pk}),
    )
    for beyond, refusal in ((wider, NotFoundError), (stronger, AbilityMissingError)):
        with pytest.raises(refusal):
            api_key_rotate(tenant=cast.acme.tenant, actor=by_key, api_key_id=beyond.pk)
    assert api_key_rotate(tenant=cast.acme.tenant, actor=by_key, api_key_id=narrow.pk).secret


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["admin"]},
        {"name": ""},
        {"address_ranges": ["10.0.0.1/8"]},
        {"address_ranges": ["x"]},
    ],
)
def test_a_key_has_its_form(cast: Cast, make_key: MakeKey, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidValueError):
        make_key(cast.max, **wrong)


def test_a_rotated_key_keeps_its_family_and_overlaps(cast: Cast, make_key: MakeKey) -> None:
    old = make_key(cast.max, servers=[cast.acme.server], address_ranges=["10.0.0.0/8"])
    who = {"tenant": cast.acme.tenant, "actor": cast.max.actor, "api_key_id": old.api_key.pk}
    new = api_key_rotate(**who, overlap=timedelta(hours=1))
    assert new.secret != old.secret
    assert new.api_key.family == old.api_key.family
    assert (new.api_key.scopes, new.api_key.address_ranges) == (["mcp:read", "mcp:call"], ["10.0.0.0/8"])
    with tenant_scope(cast.acme.tenant):
        assert list(new.api_key.servers.all()) == [cast.acme.server]
        old.api_key.refresh_from_db()
    assert timedelta(0) < old.api_key.expires_at - timezone.now() <= timedelta(hours=1)
    with pytest.raises(AlreadyEndedError):
        api_key_rotate(**who)
    with pytest.raises(InvalidValueError):
        api_key_rotate(**who, overlap=timedelta(days=31))


def test_a_revoked_key_does_not_come_back(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    who = {"tenant": cast.acme.tenant, "actor": cast.max.actor, "api_key_id": key.pk}
    revoked = api_key_revoke(**who)
    assert revoked.revoked_at is not None
    assert api_key_revoke(**who).revoked_at == revoked.revoked_at
    with pytest.raises(AlreadyEndedError):
        api_key_rotate(**who)


def test_owners_see_all_keys_and_callers_their_own(cast: Cast, make_key: MakeKey) -> None:
    of_ada, of_max = make_key(cast.ada).api_key, make_key(cast.max).api_key
    with tenant_scope(cast.acme.tenant):
        assert set(api_key_list(actor=cast.ada.actor)) == {of_ada, of_max}
        assert list(api_key_list(actor=cast.max.actor)) == [of_max]
        with pytest.raises(NotFoundError):
            api_key_get(actor=cast.max.actor, api_key_id=of_ada.pk)
    with pytest.raises(NotFoundError):
        api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=of_ada.pk)
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.ada.actor, api_key_id=of_max.pk)


def test_nobody_gets_the_secret_of_somebody_elses_key(cast: Cast, make_key: MakeKey) -> None:
    of_max = make_key(cast.max).api_key
    with pytest.raises(AbilityMissingError):
        api_key_rotate(tenant=cast.acme.tenant, actor=cast.ada.actor, api_key_id=of_max.pk)


def test_the_outsider_reaches_no_key(cast: Cast, make_key: MakeKey) -> None:
    of_max = make_key(cast.max).api_key
    for end in (api_key_revoke, api_key_rotate):
        with pytest.raises(NotFoundError):
            end(tenant=cast.globex.tenant, actor=cast.gus.actor, api_key_id=of_max.pk)
    with pytest.raises(NotFoundError):
        make_key(cast.gus, servers=[cast.acme.server])
    with pytest.raises(NotFoundError):
        api_key_create(tenant=cast.acme.tenant, actor=cast.gus.actor, name="x", scopes=["mcp:read"])
    with tenant_scope(cast.globex.tenant):
        assert ApiKey.objects.count() == 0
