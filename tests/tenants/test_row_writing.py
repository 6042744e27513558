"""Rows that are written by statements of ours are what Django's models would have written, and the tenant's own."""

from datetime import UTC, datetime

import pytest

from tenants.models import Call, Outbox
from tenants.row_writing import row_change, row_insert
from tenants.scope import ScopeError, tenant_scope
from tests.fixtures.cast import Cast, Company


def call_at(company: Company, event_id: str) -> Call:
    """A call with a value of every kind."""
    return Call(
        tenant_id=company.tenant.pk,
        event_id=event_id,
        time=datetime(2026, 11, 21, 12, 30, 1, 250_000, tzinfo=UTC),
        server_id=company.server.pk,
        method="tools/call",
        tool="shout",
        phase="intent",
        outcome="pending",
        duration_ms=1.5,
        arguments='{"text": "100 % \'quoted\'"}',
    )


def test_a_row_is_as_its_model_would_have_saved_it(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        row_insert(call_at(cast.acme, "one"))
        call_at(cast.acme, "two").save(force_insert=True)
        ours, djangos = Call.objects.filter(event_id__in=("one", "two")).order_by("event_id").values()
    own = {"id", "event_id", "created_at", "updated_at"}
    assert {name: value for name, value in ours.items() if name not in own} == {
        name: value for name, value in djangos.items() if name not in own
    }
    assert abs((ours["created_at"] - djangos["created_at"]).total_seconds()) < 60


def test_the_database_makes_the_keys_that_it_makes(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        for _ in range(2):
            row_insert(Outbox(tenant_id=cast.acme.tenant.pk, kind="job", key="numbered", version=0))
        assert len(set(Outbox.objects.filter(key="numbered").values_list("pk", flat=True))) == 2


def test_a_row_of_another_tenant_is_refused(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant), pytest.raises(ScopeError):
        row_insert(call_at(cast.globex, "smuggled"))


def test_a_row_changes_only_where_it_is_as_said_and_the_tenants_own(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        row_insert(call_at(cast.acme, "one"))
        row_insert(call_at(cast.acme, "two"))
    with tenant_scope(cast.globex.tenant):
        row_insert(call_at(cast.globex, "one"))
    now = datetime(2026, 11, 21, 13, 0, 0, 500_000, tzinfo=UTC)
    with tenant_scope(cast.acme.tenant):
        intent = {"event_id": "one", "phase": "intent"}
        assert row_change(Call, where=intent, to={"outcome": "ok", "updated_at": now})
        assert not row_change(Call, where={**intent, "outcome": "pending"}, to={"outcome": "crashed"})
        outcomes = dict(Call.objects.values_list("event_id", "outcome"))
        assert (outcomes["one"], outcomes["two"]) == ("ok", "pending")
        assert Call.objects.get(event_id="one").updated_at == now
    with tenant_scope(cast.globex.tenant):
        assert Call.objects.get(event_id="one").outcome == "pending"
