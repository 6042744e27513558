"""Health by part: what each is, since when, and what to do."""

from datetime import timedelta
from time import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from control_plane.health.heartbeat import process_is_alive
from control_plane.health.workers import Worker, worker_says, worker_was_deaf
from control_plane.operator_pages.parts import Part, parts
from mcp_runtime.contract import keys
from tenants.models import Job, Outbox
from tenants.scope import platform_scope
from tenants.services.users import user_create
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim

pytestmark = pytest.mark.django_db


def by_name(later: timedelta = timedelta()) -> dict[str, Part]:
    return {part.name: part for part in parts(timezone.now() + later)}


def test_without_a_store_the_rest_is_not_known() -> None:
    found = by_name()
    assert (found["database"].kind, found["store"].kind) == ("ok", "bad")
    assert {found[name].words for name in ("runtimes", "worker", "beat", "audit")} == {"not known"}
    assert found["outbox"].kind == "ok"
    assert "REDIS_URL" in found["store"].advice


def test_processes_that_are_silent_are_down_and_those_that_live_are_up(store: Any) -> None:
    process_is_alive("worker")
    listener = store.pubsub()
    listener.subscribe(keys.CANCELLATIONS)
    listener.get_message(timeout=5)
    found = by_name()
    assert (found["worker"].words, found["beat"].words) == ("up", "down")
    assert (found["runtimes"].words, found["runtimes"].detail) == ("up", "1 replica hears of changes")
    listener.close()


def test_a_part_is_in_its_state_since_it_was_first_seen_so(store: Any) -> None:
    first = by_name()["beat"]
    assert by_name(timedelta(minutes=5))["beat"].since == first.since
    process_is_alive("beat")
    recovered = by_name(timedelta(minutes=6))["beat"]
    assert (recovered.kind, recovered.since != first.since) == ("ok", True)


def test_what_waits_too_long_is_late(cast: Cast, store: Any) -> None:
    with platform_scope("test"):
        Outbox.objects.all().delete()
        Outbox.objects.create(tenant=cast.acme.tenant, kind="server", key="acme/demo", version=1)
    store.xadd(keys.AUDIT, {"events": b"[]"})
    now = by_name()
    assert (now["outbox"].words, now["audit"].words) == ("up to date", "up to date")
    soon, much_later = by_name(timedelta(seconds=30)), by_name(timedelta(minutes=10))
    for name in ("outbox", "audit"):
        assert (soon[name].kind, much_later[name].kind) == ("warn", "bad")
        assert "the oldest for" in soon[name].detail
        assert timezone.now() - soon[name].since < timedelta(minutes=1)  # type: ignore[operator]


def test_jobs_that_could_run_and_do_not_are_late(cast: Cast, store: Any) -> None:
    assert (by_name()["queue"].kind, by_name()["queue"].detail[:23]) == ("ok", "0 jobs run, 0 wait; non")
    job = ask(cast.max)
    assert "1 waits" in by_name()["queue"].detail
    for minutes, kind in ((1, "warn"), (10, "bad")):
        with platform_scope("test"):
            Job.objects.filter(pk=job.id).update(available_at=timezone.now() - timedelta(minutes=minutes))
        assert (by_name()["queue"].kind, by_name()["queue"].words) == (kind, "late")
    claim()
    assert by_name()["queue"].kind == "ok"


def test_jobs_that_lost_their_workers_are_told_of(cast: Cast, store: Any) -> None:
    job = ask(cast.gus)
    claim()
    with platform_scope("test"):
        Job.objects.filter(pk=job.id).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    found = by_name()["queue"]
    assert (found.kind, found.words) == ("warn", "workers lost")
    assert "1 has lost its worker" in found.detail


def test_workers_are_listed_while_they_live(store: Any) -> None:
    now = time()
    facts = {"processes": 4, "busy": 3, "started_at": now - 60}
    worker_says(Worker(name="tools@one", queues=["tools"], seen_at=now, **facts))
    worker_says(Worker(name="tools@gone", queues=["tools"], seen_at=now - 60, **facts))
    worker_was_deaf()
    client = Client()
    client.force_login(user_create(email="olga@operator.test", is_staff=True))
    page = client.get("/operator/health/").content.decode()
    assert "tools@one" in page
    assert "3 of 4" in page
    assert "tools@gone" not in page
    assert "1 worker ended by itself" in page


def test_the_page_says_what_to_do(store: Any) -> None:
    client = Client()
    client.force_login(user_create(email="olga@operator.test", is_staff=True))
    page = client.get("/operator/health/").content.decode()
    assert "Not everything is up" in page
    assert "Start a worker" in page
    assert "No worker lives" in page
