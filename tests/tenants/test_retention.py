"""What is past its time goes; the rest stays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from tenants.models import AccessToken, Outbox
from tenants.scope import tenant_scope
from tenants.services.calls import calls_record
from tenants.services.retention import retention_apply
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import access_token_build
from tests.tenants.audit_events import event_of
from tests.tenants.test_calls import calls


def test_old_calls_go(cast: Cast) -> None:
    now = timezone.now()
    young, old = event_of(cast.max, time=now - timedelta(days=89)), event_of(cast.max, time=now - timedelta(days=91))
    calls_record(events=[young, old, event_of(cast.gus, time=now - timedelta(days=91))])
    assert retention_apply()["calls"] == 2
    assert [call.event_id for call in calls(cast.max)] == [young.id]


@pytest.mark.parametrize(("age", "left"), [(timedelta(hours=1), 1), (timedelta(hours=25), 0)])
def test_expired_tokens_go_and_what_was_published_of_them(cast: Cast, age: timedelta, left: int) -> None:
    token = access_token_build(cast.max, expires=timezone.now() - age)
    retention_apply()
    with tenant_scope(cast.acme.tenant):
        assert AccessToken.objects.count() == left
        waiting = Outbox.objects.filter(kind=keys.KIND_CREDENTIAL, key=token.token_checksum)
        assert waiting.exists() is not bool(left)
