"""What is past its time goes; the rest stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from tenants.models import AccessToken, Connection, Outbox, SecretChange
from tenants.scope import tenant_scope
from tenants.services.calls import calls_record
from tenants.services.retention import retention_apply
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import access_token_build, connection_build
from tests.tenants.audit_events import event_of
from tests.tenants.test_calls import calls
from tests.tenants.test_stored_secrets import made


def test_old_calls_go(cast: Cast) -> None:
    now = timezone.now()
    young, old = event_of(cast.max, time=now - timedelta(days=89)), event_of(cast.max, time=now - timedelta(days=91))
    calls_record(events=[young, old, event_of(cast.gus, time=now - timedelta(days=91))])
    assert retention_apply()["calls"] == 2
    assert [call.event_id for call in calls(cast.max)] == [young.id]


def test_what_was_done_to_secrets_is_kept_as_long(cast: Cast) -> None:
    for person in (cast.ada, cast.gus):
        made(person)
    with tenant_scope(cast.globex.tenant):
        SecretChange.objects.update(created_at=timezone.now() - timedelta(days=91))
    assert retention_apply()["secret_changes"] == 1
    with tenant_scope(cast.acme.tenant):
        assert SecretChange.objects.count() == 1


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=1), 1), (timedelta(hours=25), 0)])
def test_expired_tokens_go_and_what_was_published_of_them(cast: Cast, age: timedelta, left: int) -> None:
    token = access_token_build(cast.max, expires=timezone.now() - age)
    retention_apply()
    with tenant_scope(cast.acme.tenant):
        assert AccessToken.objects.count() == left
        waiting = Outbox.objects.filter(kind=keys.KIND_CREDENTIAL, key=token.token_checksum)
        assert waiting.exists() is not bool(left)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ages", "left"),
    [
        ({"consented_at": 0.9, "connected_at": None}, True),
        ({"consented_at": 1.1, "connected_at": None}, False),
        ({"consented_at": 400, "connected_at": 400, "revoked_at": 89}, True),
        ({"consented_at": 400, "connected_at": 400, "revoked_at": 91}, False),
    ],
    ids=["a fresh consent", "a consent that no client used", "ended lately", "ended long ago"],
)
def test_connections_go_that_never_began_or_ended_long_ago(cast: Cast, ages: dict[str, float], left: bool) -> None:
    now = timezone.now()
    times = {name: None if age is None else now - age * DAY for name, age in ages.items()}
    connection_build(cast.max, **times)
    assert retention_apply()["connections"] == (0 if left else 1)
    with tenant_scope(cast.acme.tenant):
        assert Connection.objects.exists() is left


@pytest.mark.parametrize("has_token", [True, False])
def test_a_connection_ends_when_nothing_of_it_is_good_any_more(cast: Cast, has_token: bool) -> None:
    old = timezone.now() - 40 * DAY
    connection = connection_build(cast.max, consented_at=old, connected_at=old)
    others = connection_build(cast.gus)
    if has_token:
        access_token_build(cast.max, connection=connection)
    retention_apply()
    with tenant_scope(cast.acme.tenant):
        assert (Connection.objects.get().revoked_at is None) is has_token
    with tenant_scope(cast.globex.tenant):
        assert Connection.objects.get(pk=others.pk).revoked_at is None
