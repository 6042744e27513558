"""However a worker ends, nothing of it goes on, and its jobs end or wait for the next one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from control_plane.celery import app
from control_plane.health.workers import deaf_workers
from tests.control_plane.processes.installation import wait_until_gone
from tests.control_plane.processes.job_worker import SOON, START_SECONDS, JobWorker, asked, facts, until_so
from tests.fixtures.cast import Person
from tests.fixtures.store import ValkeyServer

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def doomed(valkey: ValkeyServer, store: Any, tmp_path: Path) -> Iterator[JobWorker]:
    """A worker that does not survive its test."""
    with JobWorker(tmp_path, valkey.url, "doomed") as running:
        running.wait_until_up()
        yield running


def test_nothing_is_left_of_a_worker_that_was_killed(ada: Person, doomed: JobWorker) -> None:
    until_so(asked(ada, "ignore"), state="running")
    below = doomed.runners() | doomed.pool()
    doomed.process.kill()
    wait_until_gone(below)


def test_a_worker_that_is_to_stop_lets_its_jobs_end(ada: Person, doomed: JobWorker, tmp_path: Path) -> None:
    there = tmp_path / "there"
    job = asked(ada, "wait_for", arguments={"path": str(there)})
    until_so(job, state="running")
    doomed.process.terminate()
    doomed.wait_until(lambda: "Warm shutdown" in doomed.output(), SOON)
    there.touch()
    assert doomed.process.wait(SOON) == 0
    assert facts(job)["state"] == "completed"


def test_a_deaf_worker_ends_and_the_next_one_does_its_work(ada: Person, valkey: ValkeyServer, tmp_path: Path) -> None:
    with JobWorker(tmp_path, valkey.url, "first", JOB_DEAF_SECONDS="2") as first:
        first.wait_until_up()
        app.control.cancel_consumer("tools", destination=[first.name], reply=True, timeout=SOON)
        job = asked(ada, "report", arguments={"steps": 1})
        first.process.wait(START_SECONDS)
        assert "hears no bell any more" in first.output()
        assert deaf_workers() == 1
        assert facts(job)["state"] == "queued"
    with JobWorker(tmp_path, valkey.url, "second") as second:
        second.wait_until_up()
        until_so(job, state="completed")
