"""Workers are told of every job: at once, by the drain where that was lost, and by the reaper where all was."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from tenants.models import Outbox
from tenants.publishing.drain import MOST_BELLS, outbox_drain
from tenants.publishing.store import STORE_DOWN
from tenants.scope import platform_scope
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.servers import server_update
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim, owner_of
from tests.tenants.published import published_server

pytestmark = pytest.mark.django_db(transaction=True)


def bells(store: Any) -> int:
    """How many bells nobody has heard yet; forgets them."""
    rung: int = store.llen("tools")
    store.delete("tools")
    return rung


def a_moment_passes() -> None:
    with platform_scope("test"):
        Outbox.objects.update(available_at=timezone.now() - timedelta(seconds=1))


def rows() -> int:
    with platform_scope("test"):
        return Outbox.objects.filter(kind=keys.KIND_JOB).count()


def test_the_bell_is_rung_once_a_job_is_committed(cast: Cast, store: Any) -> None:
    ask(cast.max)
    assert bells(store) == 1


def test_the_drain_rings_for_what_nobody_came_for(cast: Cast, store: Any) -> None:
    ask(cast.max), ask(cast.gus)
    bells(store)
    outbox_drain()
    assert (bells(store), rows()) == (0, 2)  # the first bell has its moment
    a_moment_passes()
    outbox_drain()
    assert (bells(store), rows()) == (2, 0)
    outbox_drain()
    assert bells(store) == 0


def test_the_drain_does_not_ring_for_what_is_taken_or_has_ended(cast: Cast, store: Any) -> None:
    ask(cast.max)
    cancelled = ask(cast.gus)
    claim()
    job_cancel_own(owner=owner_of(cast.gus), job_id=cancelled.id)
    bells(store)
    a_moment_passes()
    outbox_drain()
    assert (bells(store), rows()) == (0, 0)


def test_a_deep_queue_does_not_fill_the_broker(cast: Cast, store: Any) -> None:
    for _ in range(MOST_BELLS + 5):
        ask(cast.max)
    bells(store)
    a_moment_passes()
    outbox_drain()
    assert (bells(store), rows()) == (MOST_BELLS, 0)


def test_documents_are_published_beside_jobs(cast: Cast, store: Any) -> None:
    ask(cast.max)
    a_moment_passes()
    server_update(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, name="Renamed")
    found = published_server(store, "acme/demo")
    assert found is not None
    assert (found.name, rows()) == ("Renamed", 0)


def test_a_job_is_kept_where_nobody_can_be_rung(cast: Cast) -> None:
    ask(cast.max)
    a_moment_passes()
    with pytest.raises(STORE_DOWN):
        outbox_drain()
    assert rows() == 1
