"""A real worker: it runs jobs and stops them, survives what happens to its processes, and loses nothing by it.

The last test leaves nothing of the worker that all of them share.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from control_plane.health.workers import workers_alive
from tenants.models import Job
from tenants.scope import platform_scope
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.job_reaping import jobs_reap
from tenants.services.server_tools import server_tool_update
from tests.control_plane.processes.installation import wait_until_gone
from tests.control_plane.processes.job_worker import SOON, JobWorker, asked, facts, kill, until_so
from tests.fixtures.cast import Person
from tests.fixtures.store import ValkeyServer
from tests.fixtures.waiting import until
from tests.tenants.jobs import call_of, owner_of, tool_of

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def worker(
    django_db_setup: None, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[JobWorker]:
    """The worker that survives what these tests do to it, but the last."""
    with JobWorker(tmp_path_factory.mktemp("worker"), valkey.url) as running:
        running.wait_until_up()
        yield running
        running.process.kill()


def lease_ends(job_id: str) -> None:
    """As if the time had passed."""
    with platform_scope("test"):
        Job.objects.filter(pk=job_id).update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def test_jobs_of_everybody_run_and_their_calls_are_recorded(ada: Person, gus: Person, worker: JobWorker) -> None:
    jobs = [asked(person, "report", arguments={"steps": 3}) for person in (ada, gus)]
    for job in jobs:
        row = until_so(job, state="completed")
        assert (row["ending"], row["progress"], row["line_count"], row["attempt"]) == ("returned", 3.0, 3, 1)
        assert row["worker"].startswith(f"{worker.name}/")
        assert (call_of(job).outcome, call_of(job).phase) == ("ok", "outcome")


def test_a_worker_says_that_it_lives_and_what_it_does(ada: Person, worker: JobWorker) -> None:
    job = asked(ada, "heed")
    until_so(job, state="running")
    until(lambda: [found.busy for found in workers_alive()] == [1], SOON)
    (found,) = workers_alive()
    assert (found.name, found.queues, found.processes) == (worker.name, ["tools"], 2)


def test_its_owner_stops_a_job_and_nobody_else_can(ada: Person, gus: Person, worker: JobWorker) -> None:
    job = asked(ada, "heed_in_thread")
    until_so(job, state="running")
    assert job_cancel_own(owner=owner_of(gus), job_id=job) is None
    assert facts(job)["cancel_requested_at"] is None

    job_cancel_own(owner=owner_of(ada), job_id=job)
    row = until_so(job, state="cancelled")
    assert row["ending"] == "stopped"


def test_a_job_whose_tool_is_taken_away_is_stopped(ada: Person, worker: JobWorker) -> None:
    job = asked(ada, "ignore")
    until_so(job, state="running")
    company = ada.company
    switched_off = {"tool": tool_of(ada, "ignore"), "is_enabled": False}
    server_tool_update(tenant=company.tenant, actor=ada.actor, server=company.server, **switched_off)
    row = until_so(job, state="failed")
    assert row["ending"] == "withdrawn"


def test_the_runner_dies_with_the_process_that_claimed_and_the_job_runs_again(
    ada: Person, worker: JobWorker, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    job = asked(ada, "wait_for", arguments={"path": str(there)}, is_idempotent=True)
    running = until_so(job, state="running")
    until(lambda: facts(job)["progress"] == 10.0, SOON)
    runners, claimer = worker.runners(), int(running["worker"].rpartition("/")[2])

    kill(claimer)
    until(lambda: len(runners & worker.runners()) == 1, SOON)
    assert worker.process.poll() is None
    lease_ends(job)
    assert jobs_reap()["requeued"] == 1
    again = until_so(job, state="running", attempt=2)
    assert again["fencing_token"] > running["fencing_token"]
    there.touch()
    row = until_so(job, state="completed")
    assert row["progress"] == 20.0


def test_what_may_not_run_twice_does_not(ada: Person, worker: JobWorker) -> None:
    job = asked(ada, "ignore")
    running = until_so(job, state="running")
    kill(int(running["worker"].rpartition("/")[2]))
    lease_ends(job)
    until(lambda: bool(jobs_reap()["failed"]) or facts(job)["state"] == "failed", SOON)
    row = facts(job)
    assert (row["ending"], row["attempt"]) == ("outcome_unknown", 1)


def test_nothing_is_left_of_a_worker_that_was_killed(ada: Person, worker: JobWorker) -> None:
    until_so(asked(ada, "ignore"), state="running")
    below = worker.runners() | worker.pool()
    worker.process.kill()
    wait_until_gone(below)
