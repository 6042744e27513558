"""Asking twice makes one job where that was meant, and two where it was not."""

from uuid import uuid4

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding, JobState
from tenants.actor import PLATFORM
from tenants.models import Call, Job
from tenants.scope import platform_scope
from tenants.services.job_creation import job_create
from tenants.services.job_endings import job_finish
from tenants.services.retention import retention_apply
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast
from tests.tenants.conftest import MakeKey
from tests.tenants.jobs import ask, claim, key_facts, new_job
from tests.tenants.test_job_retention import age

DONE = ToolResult([TextContent("HELLO")])


def test_a_lost_answer_is_asked_for_again(cast: Cast) -> None:
    job = new_job(cast.max)
    first = job_create(job=job)
    assert job_create(job=job) == first
    with platform_scope("test"):
        assert (Job.objects.count(), Call.objects.count()) == (1, 1)


@pytest.mark.parametrize("has_key", [True, False])
def test_an_answer_that_was_lost_is_had_even_where_no_more_may_wait(cast: Cast, has_key: bool) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"jobs_queued": 1})
    job = new_job(cast.max, idempotency_key="order-1" if has_key else "")
    assert job_create(job=job).id == job_create(job=job).id


def test_the_same_key_names_the_same_job_whatever_became_of_it(cast: Cast) -> None:
    first = ask(cast.max, idempotency_key="order-1")
    assert ask(cast.max, idempotency_key="order-1", arguments={"text": "other"}).id == first.id
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    again = ask(cast.max, idempotency_key="order-1")
    assert (again.id, again.state, again.result is not None) == (first.id, JobState.COMPLETED, True)


def test_a_key_counts_for_one_principal_and_one_tool(cast: Cast, make_key: MakeKey) -> None:
    jobs = [
        ask(cast.max, idempotency_key="order-1"),
        ask(cast.max, idempotency_key="order-2"),
        ask(cast.max, idempotency_key="order-1", tool="count"),
        ask(cast.max, idempotency_key="order-1", facts=key_facts(make_key(cast.max).api_key)),
        ask(cast.ada, idempotency_key="order-1"),
        ask(cast.gus, idempotency_key="order-1"),
        ask(cast.max),
        ask(cast.max),
    ]
    assert len({job.id for job in jobs}) == len(jobs)


def test_a_key_can_be_used_anew_when_its_job_is_gone(cast: Cast) -> None:
    first = ask(cast.max, idempotency_key="order-1")
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    age(8)
    retention_apply()
    assert ask(cast.max, idempotency_key="order-1").id != first.id


def test_an_id_that_is_somebody_elses_is_refused_and_tells_nothing(cast: Cast) -> None:
    job_id = str(uuid4())
    ask(cast.gus, id=job_id)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        ask(cast.max, id=job_id)
