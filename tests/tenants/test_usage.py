from datetime import timedelta
from typing import Any

from django.utils import timezone

from mcp_runtime.contract.keys import quota_key
from tenants.publishing.day_count import calls_of_day, next_day
from tenants.publishing.store import store as connected_store
from tenants.scope import tenant_scope
from tenants.selectors.usage import calls_by_server, calls_by_tool, usage_since
from tenants.services.calls import calls_record
from tests.fixtures.cast import Cast
from tests.tenants.audit_events import event_of

DAY = timedelta(days=1)


def test_the_numbers_are_those_of_the_calls_since_then_that_one_may_see(cast: Cast) -> None:
    now = timezone.now()
    calls_record(
        events=[
            *(event_of(cast.ada, duration_ms=float(n)) for n in range(1, 20)),
            event_of(cast.max, duration_ms=500, outcome="refused", reason="not_granted", tool="count"),
            event_of(cast.max, duration_ms=9_000, time=now - 2 * DAY),
            *(event_of(cast.gus, duration_ms=70_000, outcome="crashed") for _ in range(5)),
        ]
    )
    with tenant_scope(cast.acme.tenant):
        seen = usage_since(actor=cast.ada.actor, since=now - DAY)
        assert (seen.calls, seen.failed, seen.failed_percent, seen.p95_ms) == (20, 1, 5.0, 19.0)
        assert calls_by_server(actor=cast.ada.actor, since=now - DAY) == {cast.acme.server.pk: 20}
        by_tool = calls_by_tool(actor=cast.ada.actor, server=cast.acme.server, since=now - DAY)
        assert by_tool == {"shout": 19, "count": 1}
        own = usage_since(actor=cast.max.actor, since=now - DAY)
        assert (own.calls, own.failed, own.p95_ms) == (1, 1, 500.0)
        assert calls_by_server(actor=cast.max.actor, since=now - DAY) == {cast.acme.server.pk: 1}


def test_without_calls_there_is_nothing_to_divide_by(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        seen = usage_since(actor=cast.ada.actor, since=timezone.now() - DAY)
    assert (seen.calls, seen.failed_percent, seen.p95_ms, seen.is_at_least) == (0, 0.0, None, False)


def test_what_is_left_today_is_what_the_runtimes_count(cast: Cast, store: Any) -> None:
    now, acme = timezone.now(), cast.acme.tenant.pk
    assert calls_of_day(tenant_id=acme, now=now) == 0
    connected_store().incrby(quota_key(str(acme), int(now.timestamp()) // 86_400), 41)
    assert calls_of_day(tenant_id=acme, now=now) == 41
    assert calls_of_day(tenant_id=cast.globex.tenant.pk, now=now) == 0
    assert calls_of_day(tenant_id=acme, now=next_day(now=now)) == 0
    assert timedelta(0) < next_day(now=now) - now <= DAY


def test_while_the_store_is_away_nobody_knows_what_is_left(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock"
    assert calls_of_day(tenant_id=cast.acme.tenant.pk, now=timezone.now()) is None
