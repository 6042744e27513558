"""A job is its owner's. Whoever else asks learns nothing, not even that it is there."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Job
from tenants.scope import tenant_scope
from tenants.selectors.job_queue import queue_state
from tenants.selectors.jobs import (
    JobSearch,
    job_arguments,
    job_get,
    job_list,
    job_of_owner,
    job_result,
    job_shows_content,
    jobs_ended,
    stored_result,
)
from tenants.services.job_endings import job_finish
from tenants.services.servers import server_create
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import SECRET, ask, claim, owner_of, row_of

DONE = ToolResult([TextContent("x" * 2_000_000)])


def listed(person: Person, *, actor: Actor | None = None, **search: Any) -> list[str]:
    with tenant_scope(person.company.tenant):
        return [str(job.pk) for job in job_list(actor=actor or person.actor, search=JobSearch(**search))]


def test_the_owner_finds_the_job_and_nobody_else_does(cast: Cast) -> None:
    job = ask(cast.max)
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    mine = owner_of(cast.max)
    assert job_of_owner(owner=mine, job_id=job.id) is not None
    assert stored_result(owner=mine, job_id=job.id) is not None
    others = [
        owner_of(cast.gus),
        owner_of(cast.ada),
        owner_of(cast.max, "another-client"),
        msgspec.structs.replace(mine, server_id=str(cast.globex.server.pk)),
        msgspec.structs.replace(mine, tenant_id=str(cast.globex.tenant.pk)),
    ]
    for owner in others:
        assert job_of_owner(owner=owner, job_id=job.id) is None
        assert stored_result(owner=owner, job_id=job.id) is None


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "' OR 1=1 --", "\x00", "7f1c7f60-0000-4000-8000-00000000000", "é" * 500]
)
def test_any_text_may_be_asked_for(cast: Cast, text: str) -> None:
    assert job_of_owner(owner=owner_of(cast.max), job_id=text) is None
    assert stored_result(owner=owner_of(cast.max), job_id=text) is None


def test_whether_jobs_have_ended_is_all_that_is_said_across_tenants(cast: Cast) -> None:
    queued, running, ended, absent = ask(cast.gus), ask(cast.max), ask(cast.ada), str(uuid4())
    for _ in range(3):
        claimed = claim()
        if claimed.job_id == ended.id:
            job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    assert jobs_ended(job_ids=[queued.id, running.id, ended.id, absent]) == {ended.id, absent}
    assert jobs_ended(job_ids=[]) == set()


def test_callers_list_their_own_jobs_and_reviewers_all_of_the_tenant(cast: Cast) -> None:
    hers, his, foreign = ask(cast.ada).id, ask(cast.max).id, ask(cast.gus).id
    assert listed(cast.max) == [his]
    assert listed(cast.ada) == [his, hers]
    assert listed(cast.gus) == [foreign]
    auditor = Actor(role="auditor", user_id=cast.max.user.pk)
    assert listed(cast.max, actor=auditor) == [his, hers]


def test_a_key_for_another_server_lists_nothing(cast: Cast) -> None:
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    other = server_create(**who, slug="other", name="Other", toolkits=["text"])
    job = ask(cast.ada).id
    by_key = Actor(role="owner", user_id=cast.ada.user.pk, scopes=frozenset(), servers=frozenset({other.pk}))
    assert listed(cast.ada, actor=by_key) == []
    with tenant_scope(cast.acme.tenant), pytest.raises(NotFoundError):
        job_get(actor=by_key, job_id=UUID(job))


def test_jobs_are_searched_by_what_they_are(cast: Cast) -> None:
    his, hers = ask(cast.max).id, ask(cast.ada, tool="count").id
    ask(cast.gus)
    while claim().job_id != his:
        pass
    everything = [hers, his]
    found = {
        "server": listed(cast.ada, server="demo") == everything and listed(cast.ada, server="none") == [],
        "tool": listed(cast.ada, tool="count") == [hers],
        "state": listed(cast.ada, state="running") == [his],
        "person": listed(cast.ada, user_id=cast.max.user.pk) == [his],
        "nobody": listed(cast.ada, user_id=cast.gus.user.pk) == [],
        "client": listed(cast.ada, client=owner_of(cast.max).principal.split("|")[1]) == everything,
        "time": listed(cast.ada, since=row_of(hers).created_at) == [hers]
        and listed(cast.ada, until=row_of(hers).created_at) == [his],
    }
    assert [name for name, is_right in found.items() if not is_right] == []


def test_arguments_and_results_are_their_persons_and_who_may_read_content(cast: Cast) -> None:
    job = row_of(ask(cast.max))
    seen = {"owner": True, "auditor": True, "admin": False, "developer": False, "caller": False}
    for role, may in seen.items():
        assert job_shows_content(actor=Actor(role=role, user_id=cast.ada.user.pk), job=job) is may
    assert job_shows_content(actor=cast.max.actor, job=job)


def test_content_is_read_of_a_job_that_was_listed_without_it(cast: Cast) -> None:
    job = ask(cast.max)
    with tenant_scope(cast.acme.tenant):
        found = job_get(actor=cast.max.actor, job_id=UUID(job.id))
        assert (job_arguments(job=found), job_result(job=found)) == ({"text": SECRET}, None)
    job_finish(claimed=claim(), ending=JobEnding.RETURNED, result=DONE)
    with tenant_scope(cast.acme.tenant):
        found = job_get(actor=cast.max.actor, job_id=UUID(job.id))
        body = job_result(job=found)
    assert body is not None
    assert msgspec.json.decode(body, type=ToolResult) == DONE


def test_the_tables_of_jobs_hold_back_what_is_another_tenants(cast: Cast) -> None:
    ask(cast.max)
    with tenant_scope(cast.globex.tenant):
        assert not Job.objects.exists()
    assert queue_state().queued == 1
