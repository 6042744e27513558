"""Rows that are written by statements of ours are what Django's models would have written, and the tenant's own."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tenants.models import Call, Job, Outbox
from tenants.row_writing import row_change, row_insert
from tenants.scope import ScopeError, tenant_scope
from tests.fixtures.cast import Cast, Company


def call_at(company: Company, event_id: str) -> dict[str, Any]:
    """A call's values."""
    return {
        "tenant_id": company.tenant.pk,
        "event_id": event_id,
        "time": datetime(2026, 11, 21, 12, 30, 1, 250_000, tzinfo=UTC),
        "server_id": company.server.pk,
        "method": "tools/call",
        "tool": "shout",
        "phase": "intent",
        "outcome": "pending",
        "duration_ms": 1.5,
        "arguments": '{"text": "100 % \'quoted\'"}',
    }


def job_at(company: Company, tool: str) -> dict[str, Any]:
    """A job with a value of every kind: ids, times of another zone and of whole seconds, JSON, bytes, numbers."""
    return {
        "tenant_id": company.tenant.pk,
        "server_id": company.server.pk,
        "tool_id": UUID("6d1f8a52-58ee-4ed2-9c7d-000000000001"),
        "tool": tool,
        "principal": "user:ada",
        "delegate": UUID("6d1f8a52-58ee-4ed2-9c7d-000000000002"),
        "scopes": ["mcp:read", "\u00e9"],
        "call": {"id": None, "time": 1.25, "nested": [True, {"a": "100 %"}]},
        "error": {"type": "withdrawn"},
        "sealed_arguments": b"\x00\xff",
        "sealed_result": b"",
        "is_idempotent": True,
        "timeout_seconds": 0.5,
        "available_at": datetime(2026, 11, 21, 14, 30, tzinfo=timezone(timedelta(hours=2))),
        "claimed_at": datetime(2026, 11, 21, 12, 30, 1, 5, tzinfo=UTC),
    }


def test_a_row_is_as_its_model_would_have_saved_it(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        row_insert(Call, call_at(cast.acme, "one"))
        Call(**call_at(cast.acme, "two")).save(force_insert=True)
        ours, djangos = Call.objects.filter(event_id__in=("one", "two")).order_by("event_id").values()
    own = {"id", "event_id", "created_at", "updated_at"}
    assert {name: value for name, value in ours.items() if name not in own} == {
        name: value for name, value in djangos.items() if name not in own
    }
    assert abs((ours["created_at"] - djangos["created_at"]).total_seconds()) < 60


def test_a_row_is_in_the_database_byte_for_byte_what_its_model_would_have_saved(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        row_insert(Job, job_at(cast.acme, "one"))
        Job(**job_at(cast.acme, "two")).save(force_insert=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM tenants_job ORDER BY tool")
            names = [column[0] for column in cursor.description]
            ours, djangos = (dict(zip(names, map(_plain, row), strict=True)) for row in cursor.fetchall())
    own = {"id", "tool", "created_at", "updated_at"}
    assert {name: value for name, value in ours.items() if name not in own} == {
        name: value for name, value in djangos.items() if name not in own
    }
    assert {name: (type(ours[name]), len(str(ours[name]))) for name in own} == {
        name: (type(djangos[name]), len(str(djangos[name]))) for name in own
    }


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def test_a_name_that_the_model_does_not_have_is_refused(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant), pytest.raises(TypeError, match="colour"):
        row_insert(Call, {**call_at(cast.acme, "one"), "colour": "red"})


def test_the_database_makes_the_keys_that_it_makes(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        for _ in range(2):
            row_insert(Outbox, {"tenant_id": cast.acme.tenant.pk, "kind": "job", "key": "numbered", "version": 0})
        assert len(set(Outbox.objects.filter(key="numbered").values_list("pk", flat=True))) == 2


def test_a_row_of_another_tenant_is_refused(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant), pytest.raises(ScopeError):
        row_insert(Call, call_at(cast.globex, "smuggled"))


def test_a_row_changes_only_where_it_is_as_said_and_the_tenants_own(cast: Cast) -> None:
    with tenant_scope(cast.acme.tenant):
        row_insert(Call, call_at(cast.acme, "one"))
        row_insert(Call, call_at(cast.acme, "two"))
    with tenant_scope(cast.globex.tenant):
        row_insert(Call, call_at(cast.globex, "one"))
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
