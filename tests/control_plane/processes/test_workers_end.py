"""A worker that ends in order lets its jobs end, or leaves them to the next one. One that is killed:
test_workers_run_jobs."""

from pathlib import Path
from typing import Any

import pytest

from control_plane.celery import app
from control_plane.health.workers import deaf_workers
from tests.control_plane.processes.job_worker import SOON, START_SECONDS, JobWorker, asked, facts, until_so
from tests.fixtures.cast import Person
from tests.fixtures.store import ValkeyServer

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def test_jobs_outlive_a_deaf_worker_and_are_waited_for_by_one_that_is_told_to_stop(
    ada: Person, valkey: ValkeyServer, store: Any, tmp_path: Path
) -> None:
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

        there = tmp_path / "there"
        job = asked(ada, "wait_for", arguments={"path": str(there)})
        until_so(job, state="running")
        second.process.terminate()
        second.wait_until(lambda: "Warm shutdown" in second.output(), SOON)
        there.touch()
        assert second.process.wait(SOON) == 0
        assert facts(job)["state"] == "completed"
