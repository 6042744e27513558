"""Clients that came by themselves go again when nobody uses them; those of tenants stay."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from tenants.models import AccessToken, Application, Connection, Outbox
from tenants.scope import platform_scope
from tenants.services.oauth_clients import oauth_client_create
from tenants.services.registered_clients import IDLE_KEPT, UNUSED_KEPT, client_describe, client_register
from tenants.services.retention import retention_apply
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import access_token_build, client_build, connection_build

MINUTE = timedelta(minutes=1)
URL = "https://client.example/client.json"
WHAT = {"name": "Editor", "redirect_uris": ["https://client.example/cb"], "client_uri": ""}


def registered(ago: timedelta) -> Application:
    return client_register(**WHAT, registered_from="203.0.113.5", most=10, now=timezone.now() - ago)


def described(ago: timedelta, **what: Any) -> Application:
    now = timezone.now() - ago
    return client_describe(**{**WHAT, **what}, client_id=URL, fresh_until=now + timedelta(hours=1), now=now)


def left() -> set[Any]:
    retention_apply()
    with platform_scope("test"):
        return set(Application.objects.values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize("come", [registered, described])
def test_unused_they_go_after_a_day(come: Any) -> None:
    client = come(UNUSED_KEPT - MINUTE)
    assert left() == {client.pk}
    with platform_scope("test"):
        Application.objects.update(expires_at=timezone.now() - MINUTE)
    assert left() == set()


@pytest.mark.parametrize("source", ["dcr", "cimd"])
def test_once_used_they_go_ninety_days_after_their_last_token(cast: Cast, source: str) -> None:
    idle = client_build("idle", registration_source=source, last_used_at=timezone.now() - IDLE_KEPT - MINUTE)
    used = client_build("used", registration_source=source, last_used_at=timezone.now() - IDLE_KEPT + MINUTE)
    token = access_token_build(cast.max, connection=connection_build(cast.max, idle))
    of_used = connection_build(cast.gus, used)
    assert left() == {used.pk}
    with platform_scope("test"):
        assert not AccessToken.objects.exists()
        assert [row.pk for row in Connection.objects.all()] == [of_used.pk]
        assert Outbox.objects.filter(kind=keys.KIND_CREDENTIAL, key=token.token_checksum).exists()


def test_a_tenants_own_stays_however_long_nobody_uses_it(cast: Cast) -> None:
    own = oauth_client_create(
        tenant=cast.acme.tenant, actor=cast.ada.actor, name="Editor", redirect_uris=["https://client.example/cb"]
    ).oauth_client
    with platform_scope("test"):
        Application.objects.update(last_used_at=timezone.now() - timedelta(days=1000))
    assert left() == {own.pk}


@pytest.mark.django_db
def test_a_document_is_one_client_however_often_it_is_read() -> None:
    first = described(MINUTE)
    second = described(timedelta(), name="Renamed", redirect_uris=["http://localhost/cb"])
    assert (first.pk, second.name, second.redirect_uris) == (second.pk, "Renamed", "http://localhost/cb")
    assert second.expires_at > first.expires_at


@pytest.mark.django_db
def test_one_that_is_used_does_not_end_because_its_document_is_read_again() -> None:
    client = described(MINUTE)
    with platform_scope("test"):
        Application.objects.filter(pk=client.pk).update(last_used_at=timezone.now(), expires_at=None)
    assert described(timedelta()).expires_at is None
