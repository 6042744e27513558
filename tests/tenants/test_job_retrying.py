"""Asking once more for what a job has done."""

from typing import Any
from uuid import UUID

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding
from tenants.actor import PLATFORM, Actor
from tenants.errors import AbilityMissingError, LimitReachedError, NotFoundError, NotRepeatableError
from tenants.models import Job
from tenants.scope import platform_scope
from tenants.services.api_keys import api_key_revoke
from tenants.services.job_cancelling import job_cancel
from tenants.services.job_endings import job_finish
from tenants.services.job_retrying import job_retry
from tenants.services.servers import server_suspend
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast, Person
from tests.tenants.conftest import MakeKey
from tests.tenants.jobs import SECRET, ask, call_of, claim, key_facts, owner_of, row_of

DONE = ToolResult([TextContent("HELLO")])


def retry(person: Person, job_id: str) -> Any:
    return job_retry(tenant=person.company.tenant, actor=person.actor, job_id=UUID(job_id))


def ended(person: Person, **values: Any) -> str:
    job = ask(person, **values)
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    return job.id


def test_the_new_job_has_the_same_arguments_and_principal_and_its_own_call(cast: Cast) -> None:
    first = ended(cast.max, idempotency_key="order-1", is_idempotent=True)
    again = retry(cast.max, first)
    assert (str(again.retry_of), again.state, again.principal) == (first, "queued", owner_of(cast.max).principal)
    assert (again.idempotency_key, again.is_idempotent) == ("", True)
    claimed = claim()
    assert (claimed.job_id, claimed.arguments) == (str(again.pk), {"text": SECRET})
    assert (call_of(str(again.pk)).phase, call_of(first).outcome) == ("intent", "ok")


def test_one_that_was_cancelled_is_asked_for_again(cast: Cast) -> None:
    job = ask(cast.max)
    job_cancel(tenant=cast.acme.tenant, actor=cast.max.actor, job_id=UUID(job.id))
    assert retry(cast.max, job.id).state == "queued"


def test_one_that_has_not_ended_is_not(cast: Cast) -> None:
    job = ask(cast.max)
    with pytest.raises(NotRepeatableError):
        retry(cast.max, job.id)
    claim()
    with pytest.raises(NotRepeatableError):
        retry(cast.max, job.id)


def test_one_whose_arguments_are_unreadable_is_not(cast: Cast) -> None:
    job = ended(cast.max)
    with platform_scope("test"):
        Job.objects.filter(pk=job).update(sealed_arguments=b"")
    with pytest.raises(NotRepeatableError):
        retry(cast.max, job)


def test_nobody_repeats_what_somebody_else_asked_for(cast: Cast) -> None:
    job = ended(cast.max)
    with pytest.raises(AbilityMissingError):
        retry(cast.ada, job)
    with pytest.raises(NotFoundError):
        retry(cast.gus, job)
    hers = ended(cast.ada)
    with pytest.raises(NotFoundError):
        retry(cast.max, hers)
    auditor = Actor(role="auditor", user_id=cast.max.user.pk)
    with pytest.raises(AbilityMissingError):
        job_retry(tenant=cast.acme.tenant, actor=auditor, job_id=UUID(job))


def test_what_may_not_be_called_now_is_not_repeated(cast: Cast, make_key: MakeKey) -> None:
    key = make_key(cast.max).api_key
    by_key, by_page = ended(cast.max, facts=key_facts(key)), ended(cast.max)
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=key.pk)
    with pytest.raises(AbilityMissingError):
        retry(cast.max, by_key)
    server_suspend(tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server)
    with pytest.raises(AbilityMissingError):
        retry(cast.max, by_page)
    assert row_of(by_page).retry_of is None


def test_no_more_wait_than_the_plan_allows(cast: Cast) -> None:
    job = ended(cast.max)
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"jobs_queued": 1})
    ask(cast.max)
    with pytest.raises(LimitReachedError) as refused:
        retry(cast.max, job)
    assert refused.value.extra == {"limit": "jobs_queued", "maximum": 1}
