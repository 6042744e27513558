"""Asking a job to stop, in each of its states, and who may."""

from typing import Any
from uuid import UUID

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract import keys
from mcp_runtime.contract.jobs import JobEnding, JobState, decode_event
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, NotFoundError
from tenants.services.job_cancelling import job_cancel, job_cancel_own
from tenants.services.job_claiming import job_claim
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import job_renew
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import ask, call_of, claim, owner_of, row_of

DONE = ToolResult([TextContent("HELLO")])


def cancel(person: Person, job_id: str) -> Any:
    return job_cancel(tenant=person.company.tenant, actor=person.actor, job_id=UUID(job_id))


def test_a_queued_job_ends_at_once_and_never_starts(cast: Cast) -> None:
    job = ask(cast.max)
    view = job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    assert view is not None
    assert (view.state, view.ending, view.attempt) == (JobState.CANCELLED, JobEnding.NEVER_STARTED, 0)
    assert job_claim(worker="worker") is None
    assert (call_of(job).phase, call_of(job).outcome, call_of(job).reason) == ("outcome", "cancelled", "never_started")


@pytest.mark.parametrize("ending", [JobEnding.STOPPED, JobEnding.KILLED])
def test_a_running_job_is_asked_and_its_worker_says_how_it_ended(cast: Cast, ending: JobEnding) -> None:
    job, claimed = ask(cast.max), claim()
    view = job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    assert view is not None
    assert view.state == JobState.RUNNING
    assert job_renew(claimed=claimed).cancel == "client"
    ended = job_finish(claimed=claimed, ending=ending)
    assert ended is not None
    assert (ended.state, ended.ending) == (JobState.CANCELLED, ending)
    assert (call_of(job).outcome, call_of(job).reason) == ("cancelled", ending.value)


def test_the_first_reason_to_stop_is_kept(cast: Cast) -> None:
    job, claimed = ask(cast.max), claim()
    cancel(cast.max, job.id)
    asked_at = row_of(job).cancel_requested_at
    job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    assert (row_of(job).cancel_reason, row_of(job).cancel_requested_at) == ("member", asked_at)
    assert job_renew(claimed=claimed).cancel == "member"


def test_a_tool_that_was_faster_has_answered(cast: Cast) -> None:
    job, claimed = ask(cast.max), claim()
    job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    ended = job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    assert ended is not None
    assert ended.state == JobState.COMPLETED


@pytest.mark.must("MUST-27.3")
def test_what_has_ended_is_not_cancelled(cast: Cast) -> None:
    job = ask(cast.max)
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    view = job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    assert view is not None
    assert (view.state, view.ending) == (JobState.COMPLETED, JobEnding.RETURNED)
    assert row_of(job).cancel_requested_at is None
    cancel(cast.max, job.id)
    assert call_of(job).outcome == "ok"


def test_whose_job_it_is_and_who_manages_servers_may_cancel_it(cast: Cast) -> None:
    mine, other = ask(cast.max), ask(cast.max)
    assert cancel(cast.max, mine.id).state == "cancelled"
    assert cancel(cast.ada, other.id).state == "cancelled"


def test_who_only_sees_a_job_does_not_cancel_it(cast: Cast) -> None:
    job = ask(cast.max)
    auditor = Actor(role="auditor", user_id=cast.ada.user.pk)
    with pytest.raises(AbilityMissingError):
        job_cancel(tenant=cast.acme.tenant, actor=auditor, job_id=UUID(job.id))
    assert row_of(job).state == "queued"


def test_nobody_else_cancels_a_job_or_learns_that_it_is_there(cast: Cast) -> None:
    job, hers = ask(cast.max), ask(cast.ada)
    strangers = [owner_of(cast.gus), owner_of(cast.ada), owner_of(cast.max, "another-client")]
    for owner in strangers:
        assert job_cancel_own(owner=owner, job_id=job.id) is None
    with pytest.raises(NotFoundError) as absent:
        cancel(cast.gus, "7f1c7f60-0000-4000-8000-000000000000")
    with pytest.raises(NotFoundError) as foreign:
        cancel(cast.gus, job.id)
    with pytest.raises(NotFoundError):
        cancel(cast.max, hers.id)
    assert str(foreign.value) == str(absent.value)
    assert row_of(job).state == row_of(hers).state == "queued"


@pytest.mark.django_db(transaction=True)
def test_worker_and_listeners_are_told(cast: Cast, store: Any) -> None:
    queued, running = ask(cast.max), ask(cast.gus)
    claim(), claim()
    queued = ask(cast.max)
    with store.pubsub(ignore_subscribe_messages=True) as ear:
        ear.subscribe(keys.job_channel(queued.id), keys.job_control_channel(running.id))
        ear.get_message(timeout=5), ear.get_message(timeout=5)
        job_cancel_own(owner=owner_of(cast.max), job_id=queued.id)
        job_cancel_own(owner=owner_of(cast.gus), job_id=running.id)
        heard = {message["channel"].decode(): message["data"] for message in (ear.get_message(timeout=5) for _ in "ab")}
    job_id, event = decode_event(heard[keys.job_channel(queued.id)])
    assert event.job is not None
    assert (job_id, event.kind, event.job.state, event.job.id) == (queued.id, "ended", JobState.CANCELLED, queued.id)
    assert keys.job_control_channel(running.id) in heard
