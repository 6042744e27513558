"""Celery's doors."""

from typing import Any

from celery import current_app

from tenants import tasks
from tenants.publishing import bell
from tests.fixtures.cast import Cast
from tests.tenants.published import published_server


def test_beat_knows_every_task_and_nothing_else() -> None:
    scheduled = {entry["task"]: entry["options"] for entry in tasks.BEAT_SCHEDULE.values()}
    ours = {name for name in current_app.tasks if name.startswith("tenants.")} - {bell.TASK}
    assert set(scheduled) == ours
    assert {options["queue"] for options in scheduled.values()} == {"housekeeping"}


def test_what_must_be_quick_is_looked_at_every_second() -> None:
    every = {entry["task"]: entry["schedule"] for entry in tasks.BEAT_SCHEDULE.values()}
    assert every["tenants.outbox_drain"] == every["tenants.audit_drain"] == 1.0


def test_the_doors_lead_where_they_say(cast: Cast, store: Any) -> None:
    assert tasks.outbox_drain() > 0
    assert published_server(store, "acme/demo") is not None
    store.flushall()
    assert tasks.reconcile()["mended"] == 2
    assert tasks.audit_drain() == 0
    assert set(tasks.retention().values()) == {0}
