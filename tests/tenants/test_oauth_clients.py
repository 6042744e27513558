"""A tenant's own OAuth clients: a secret is shown once, and what they had ends with them."""

from uuid import uuid4

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import connection

from mcp_runtime.contract import keys
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError, LimitReachedError, NotFoundError
from tenants.models import AccessToken, Application, Connection, Grant, Outbox
from tenants.scope import platform_scope, tenant_scope
from tenants.selectors.oauth_clients import oauth_client_get, oauth_client_list
from tenants.services import oauth_clients
from tenants.services.grants import grant_set
from tenants.services.oauth_clients import (
    IssuedClient,
    oauth_client_create,
    oauth_client_delete,
    oauth_client_secret_rotate,
    oauth_client_update,
)
from tests.fixtures.cast import Cast, Person
from tests.fixtures.oauth import access_token_build, connection_build

REDIRECT = "https://client.example/callback"


def made(person: Person, name: str = "Editor", auth_method: str = "client_secret_basic") -> IssuedClient:
    return oauth_client_create(
        tenant=person.company.tenant, actor=person.actor, name=name, redirect_uris=[REDIRECT], auth_method=auth_method
    )


def is_its_secret(client: Application, secret: str | None) -> bool:
    with platform_scope("test"):
        stored = Application.objects.get(pk=client.pk).client_secret
    return bool(identify_hasher(stored).verify(str(secret), stored))


def test_a_secret_is_shown_once_and_stored_by_its_hash(cast: Cast) -> None:
    issued = made(cast.ada)
    assert str(issued.secret).startswith("ats_")
    assert issued.secret not in repr(issued)
    with platform_scope("test"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM tenants_application")
        (row,) = cursor.fetchall()
    assert str(issued.secret)[4:] not in "".join(map(str, row))
    assert is_its_secret(issued.oauth_client, issued.secret)
    assert (issued.oauth_client.client_type, issued.oauth_client.registration_source) == ("confidential", "manual")


def test_a_public_client_has_none(cast: Cast) -> None:
    issued = made(cast.ada, auth_method="none")
    assert (issued.secret, issued.oauth_client.client_secret, issued.oauth_client.client_type) == (None, "", "public")
    with pytest.raises(InvalidValueError):
        oauth_client_secret_rotate(
            tenant=cast.acme.tenant, actor=cast.ada.actor, oauth_client_id=issued.oauth_client.pk
        )


def test_another_secret_ends_the_one_before(cast: Cast) -> None:
    first = made(cast.ada)
    second = oauth_client_secret_rotate(
        tenant=cast.acme.tenant, actor=cast.ada.actor, oauth_client_id=first.oauth_client.pk
    )
    assert first.secret != second.secret
    assert is_its_secret(first.oauth_client, second.secret)
    assert not is_its_secret(first.oauth_client, first.secret)


def test_what_is_given_is_changed_and_nothing_else(cast: Cast) -> None:
    client, where = made(cast.ada).oauth_client, {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    renamed = oauth_client_update(**where, oauth_client_id=client.pk, name="Renamed")
    assert (renamed.name, renamed.redirect_uris) == ("Renamed", REDIRECT)
    moved = oauth_client_update(
        **where, oauth_client_id=client.pk, redirect_uris=["http://localhost/cb", "http://localhost/cb"]
    )
    assert (moved.name, moved.redirect_uris) == ("Renamed", "http://localhost/cb")
    with pytest.raises(InvalidValueError):
        oauth_client_update(**where, oauth_client_id=client.pk, redirect_uris=["http://client.example/"])


def test_its_connections_tokens_and_grants_end_with_it(cast: Cast) -> None:
    client, other = made(cast.ada).oauth_client, made(cast.ada, "Other").oauth_client
    token = access_token_build(cast.max, connection=connection_build(cast.max, client))
    kept = access_token_build(cast.max, "another", connection=connection_build(cast.max, other))
    grant_set(
        tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, subject_kind="client",
        subject=client.client_id, target_kind="server",
    )  # fmt: skip
    oauth_client_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, oauth_client_id=client.pk)
    with tenant_scope(cast.acme.tenant):
        assert [row.pk for row in AccessToken.objects.all()] == [kept.pk]
        assert [row.application_id for row in Connection.objects.all()] == [other.pk]
        assert not Grant.objects.filter(subject=client.client_id).exists()
        assert Outbox.objects.filter(kind=keys.KIND_CREDENTIAL, key=token.token_checksum).exists()
        assert [row.pk for row in oauth_client_list()] == [other.pk]


@pytest.mark.parametrize("role", ["caller", "auditor"])
def test_others_do_not_manage_clients(cast: Cast, role: str) -> None:
    client = made(cast.ada).oauth_client
    who = {"tenant": cast.acme.tenant, "actor": Actor(role=role, user_id=cast.max.user.pk)}
    with pytest.raises(AbilityMissingError):
        oauth_client_create(**who, name="x", redirect_uris=[REDIRECT])
    for change in (oauth_client_update, oauth_client_secret_rotate, oauth_client_delete):
        with pytest.raises(AbilityMissingError):
            change(**who, oauth_client_id=client.pk)


def test_neither_does_a_key_for_some_servers_only(cast: Cast) -> None:
    actor = Actor(
        role="owner",
        user_id=cast.ada.user.pk,
        scopes=frozenset({"manage:write"}),
        servers=frozenset({cast.acme.server.pk}),
    )
    with pytest.raises(AbilityMissingError):
        oauth_client_create(tenant=cast.acme.tenant, actor=actor, name="x", redirect_uris=[REDIRECT])


def test_a_tenant_has_so_many_and_no_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth_clients, "MOST", 2)
    made(cast.ada)
    made(cast.ada)
    with pytest.raises(LimitReachedError) as refused:
        made(cast.ada)
    assert refused.value.extra == {"limit": "oauth_clients", "maximum": 2}
    made(cast.gus)


def test_the_outsider_sees_and_changes_none(cast: Cast) -> None:
    client = made(cast.ada).oauth_client
    with tenant_scope(cast.globex.tenant):
        assert not oauth_client_list().exists()
        for missing in (client.pk, uuid4()):
            with pytest.raises(NotFoundError, match="There is no such OAuth client"):
                oauth_client_get(oauth_client_id=missing)
    for change in (oauth_client_update, oauth_client_secret_rotate, oauth_client_delete):
        for missing in (client.pk, uuid4()):
            with pytest.raises(NotFoundError, match="There is no such OAuth client"):
                change(tenant=cast.globex.tenant, actor=cast.gus.actor, oauth_client_id=missing)
    with tenant_scope(cast.acme.tenant):
        assert oauth_client_get(oauth_client_id=client.pk).name == "Editor"
