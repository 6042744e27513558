"""What happens to jobs when many do the same at once, each on a connection of their own."""

from uuid import uuid4

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding, JobView
from tenants.actor import PLATFORM
from tenants.models import Call, Job, Outbox
from tenants.scope import platform_scope
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.job_claiming import ClaimedJob, job_claim
from tenants.services.job_creation import job_create
from tenants.services.job_endings import job_finish
from tenants.services.server_tools import server_tool_update
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, call_of, claim, new_job, owner_of, row_of, tool_of
from tests.tenants.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 8
DONE = ToolResult([TextContent("HELLO")])


def claim_until_empty() -> list[str]:
    claimed = []
    while (job := job_claim(worker="worker")) is not None:
        claimed.append(job.job_id)
    return claimed


def test_many_workers_claim_every_job_once(cast: Cast) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"jobs_running": 100})
    jobs = [ask(cast.max).id for _ in range(20)] + [ask(cast.gus).id for _ in range(8)]
    claimed = [job_id for mine in at_once(*[claim_until_empty] * WORKERS) for job_id in mine]
    assert sorted(claimed) == sorted(jobs)


def test_many_workers_never_run_more_than_a_plan_allows(cast: Cast) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"jobs_running": 3})
    for _ in range(12):
        ask(cast.max)
    other = ask(cast.gus).id
    claimed = [job_id for mine in at_once(*[claim_until_empty] * WORKERS) for job_id in mine]
    assert len(claimed) == 4
    assert other in claimed


def test_many_workers_never_run_a_tool_more_often_than_it_may(cast: Cast) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    server_tool_update(**who, tool=tool_of(cast.max), concurrency=2)
    for _ in range(6):
        ask(cast.max)
    free = [ask(cast.max, tool="count").id for _ in range(2)]
    claimed = [job_id for mine in at_once(*[claim_until_empty] * WORKERS) for job_id in mine]
    assert len(claimed) == 4
    assert set(free) <= set(claimed)


def run_until_empty() -> int:
    most = 0
    while (job := job_claim(worker="worker")) is not None:
        with platform_scope("test"):
            most = max(most, Job.objects.filter(state="running", tenant_id=job.tenant_id).count())
        job_finish(claimed=job, ending=JobEnding.RETURNED, result=DONE)
    return most


def test_the_limit_holds_at_every_moment_while_jobs_come_and_go(cast: Cast) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"jobs_running": 2})
    for _ in range(30):
        ask(cast.max)
    assert max(at_once(*[run_until_empty] * 4)) <= 2
    run_until_empty()
    with platform_scope("test"):
        assert set(Job.objects.values_list("state", "attempt")) == {("completed", 1)}


def test_one_idempotency_key_at_once_makes_one_job(cast: Cast) -> None:
    asked = [new_job(cast.max, idempotency_key="order-1") for _ in range(6)]
    jobs: list[JobView] = at_once(*(lambda job=job: job_create(job=job) for job in asked))
    assert len({job.id for job in jobs}) == 1
    with platform_scope("test"):
        assert (Job.objects.count(), Outbox.objects.filter(kind="job").count(), Call.objects.count()) == (1, 1, 1)


def test_one_id_at_once_makes_one_job(cast: Cast) -> None:
    asked = new_job(cast.max, id=str(uuid4()))
    jobs: list[JobView] = at_once(*[lambda: job_create(job=asked)] * 6)
    assert {job.id for job in jobs} == {asked.id}
    with platform_scope("test"):
        assert (Job.objects.count(), Call.objects.count()) == (1, 1)


def test_a_job_that_is_claimed_and_cancelled_at_once_is_one_or_the_other(cast: Cast) -> None:
    for _ in range(10):
        job = ask(cast.max)
        claimed, view = at_once(
            lambda: job_claim(worker="worker"),
            lambda job=job: job_cancel_own(owner=owner_of(cast.max), job_id=job.id),
        )
        row = row_of(job)
        if claimed is None:
            assert (row.state, row.ending, call_of(job).outcome) == ("cancelled", "never_started", "cancelled")
        else:
            assert (row.state, row.cancel_requested_at is not None) == ("running", True)
            job_finish(claimed=claimed, ending=JobEnding.STOPPED)
        assert view.state == row.state


@pytest.mark.must("MUST-27.3")
def test_of_two_that_finish_at_once_one_does(cast: Cast) -> None:
    job = ask(cast.max)
    claimed: ClaimedJob = claim()
    ended = at_once(
        lambda: job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE),
        lambda: job_finish(claimed=claimed, ending=JobEnding.KILLED),
    )
    (view,) = [each for each in ended if each is not None]
    assert (row_of(job).ending, call_of(job).phase) == (view.ending, "outcome")
