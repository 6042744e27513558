"""What pages know of upstreams that are left alone: one tenant's are never another's."""

from time import time
from typing import Any

import pytest

from mcp_runtime.contract.breakers import OPEN, BreakerReport, breakers_key, encode_breaker
from tenants.publishing.breakers import breakers_of, breakers_open
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def keep(store: Any, tenant_id: str, target: str, until: float) -> None:
    report = BreakerReport(tenant_id=tenant_id, target=target, is_open=True, since=until - 5, until=until)
    store.hset(breakers_key(tenant_id), target, encode_breaker(report))
    store.zadd(OPEN, {f"{tenant_id} {target}": until})


def test_a_tenant_sees_its_own_as_they_are(cast: Cast, store: Any) -> None:
    acme, globex = cast.acme.tenant, cast.globex.tenant
    now = time()
    keep(store, str(acme.pk), "http https://dead.example", now + 60)
    keep(store, str(acme.pk), "http https://tried.example", now - 1)
    keep(store, str(acme.pk), "http https://forgotten.example", now - 7200)
    shown = [(report.target, report.state(now)) for report in breakers_of(tenant=acme)]
    assert shown == [("http https://dead.example", "open"), ("http https://tried.example", "half_open")]
    assert breakers_of(tenant=globex) == []
    assert breakers_open() == 1
