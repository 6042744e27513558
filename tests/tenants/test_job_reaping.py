"""Jobs whose workers were lost are taken back, and nothing that waits is forgotten."""

from typing import Any

import pytest
from django.utils import timezone

from mcp_runtime.contract import keys
from mcp_runtime.contract.jobs import decode_event
from tenants.models import JobLine
from tenants.scope import platform_scope
from tenants.selectors.job_queue import queue_state
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.job_claiming import job_claim
from tenants.services.job_reaping import MOST_ATTEMPTS, jobs_give_back, jobs_reap
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, call_of, claim, lose, owner_of, row_of

NOTHING = {"cancelled": 0, "requeued": 0, "failed": 0, "rung": 0}


def test_a_job_that_is_held_is_left_alone(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim()
    assert jobs_reap() == NOTHING
    assert row_of(claimed).state == "running"


def test_a_tool_that_may_run_twice_does(cast: Cast) -> None:
    job, others = ask(cast.max, is_idempotent=True), ask(cast.gus, is_idempotent=True)
    first, _ = claim(), claim()
    lose()
    assert queue_state().expired_leases == 2
    assert jobs_reap() == {**NOTHING, "requeued": 2, "rung": 2}
    assert call_of(job).phase == "intent"
    second, _ = claim(), claim()
    assert (second.job_id, second.attempt, second.idempotency_key) == (job.id, 2, first.idempotency_key)
    assert row_of(others).attempt == 2
    with platform_scope("test"):
        assert JobLine.objects.filter(job_id=job.id, text__contains="lost").count() == 1


def test_it_keeps_its_place_in_the_queue(cast: Cast) -> None:
    first, _ = ask(cast.max, is_idempotent=True), ask(cast.max)
    claim()
    lose()
    jobs_reap()
    assert claim().job_id == first.id


def test_a_tool_that_may_not_run_twice_has_an_unknown_outcome(cast: Cast) -> None:
    job = ask(cast.max)
    claim()
    lose()
    assert jobs_reap() == {**NOTHING, "failed": 1}
    row, call = row_of(job), call_of(job)
    assert (row.state, row.ending, row.error["type"]) == ("failed", "outcome_unknown", "outcome_unknown")
    assert (call.phase, call.outcome, call.reason) == ("outcome", "crashed", "outcome_unknown")
    assert job_claim(worker="worker") is None


def test_a_tool_that_takes_its_worker_along_runs_only_so_often(cast: Cast) -> None:
    job = ask(cast.max, is_idempotent=True)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert claim().attempt == attempt
        lose()
        jobs_reap()
    assert (row_of(job).state, row_of(job).attempt) == ("failed", MOST_ATTEMPTS)


def test_one_that_was_to_be_cancelled_is_cancelled(cast: Cast) -> None:
    job = ask(cast.max, is_idempotent=True)
    claim()
    job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    lose()
    assert jobs_reap() == {**NOTHING, "cancelled": 1}
    assert (row_of(job).state, row_of(job).ending, call_of(job).outcome) == ("cancelled", "killed", "cancelled")


def test_reaping_twice_changes_nothing_more(cast: Cast) -> None:
    ask(cast.max)
    claim()
    lose()
    jobs_reap()
    assert jobs_reap() == NOTHING


@pytest.mark.django_db(transaction=True)
def test_an_emptied_store_forgets_no_job(cast: Cast, store: Any) -> None:
    ask(cast.max), ask(cast.gus)
    store.flushall()
    assert jobs_reap() == {**NOTHING, "rung": 2}
    assert store.llen("tools") == 2


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_of_an_unknown_outcome(cast: Cast, store: Any) -> None:
    job = ask(cast.max)
    claim()
    lose()
    with store.pubsub(ignore_subscribe_messages=True) as ear:
        ear.subscribe(keys.job_channel(job.id))
        ear.get_message(timeout=5)
        jobs_reap()
        message = ear.get_message(timeout=5)
    job_id, event = decode_event(message["data"])
    assert job_id == job.id
    assert event.job is not None
    assert (event.kind, event.job.error and event.job.error.type) == ("ended", "outcome_unknown")


def test_what_a_worker_claimed_without_learning_of_it_waits_again(cast: Cast) -> None:
    jobs = [ask(cast.max), ask(cast.gus), ask(cast.max)]
    known = claim("worker-1")
    since = timezone.now()
    lost, others = claim("worker-1"), claim("worker-2")
    assert jobs_give_back(worker="worker-1", since=since) == 1
    assert [row_of(claimed).state for claimed in (known, lost, others)] == ["running", "queued", "running"]
    again = claim("worker-3")
    assert (again.job_id, again.attempt) == (lost.job_id, 1)
    assert again.fencing_token > lost.fencing_token
    assert {known.job_id, lost.job_id, others.job_id} == {job.id for job in jobs}
