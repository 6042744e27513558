"""Who gets which job: limits hold, nobody is hidden behind somebody else, and the order is fair."""

from typing import Any
from uuid import UUID

import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding, JobsFull
from mcp_runtime.contract.trace_context import TraceContext, trace_context
from tenants.actor import PLATFORM
from tenants.publishing.job_events import QueuePlace
from tenants.selectors.job_queue import queue_state
from tenants.services.job_claiming import job_claim
from tenants.services.job_endings import job_finish
from tenants.services.server_tools import server_tool_add, server_tool_update
from tenants.services.tenants import tenant_limits_set
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import ask, call_of, claim, row_of, tool_of

DONE = ToolResult([TextContent("HELLO")])


def limit(person: Person, **overrides: int) -> None:
    tenant_limits_set(tenant=person.company.tenant, actor=PLATFORM, overrides=overrides)


def claim_all() -> list[str]:
    claimed = []
    while (job := job_claim(worker="worker")) is not None:
        claimed.append(job.job_id)
    return claimed


def test_nothing_waits_and_nothing_is_claimed(cast: Cast) -> None:
    assert job_claim(worker="worker") is None


def test_the_oldest_job_of_a_tenant_comes_first(cast: Cast) -> None:
    jobs = [
        ask(person, tool=tool).id for person, tool in ((cast.max, "shout"), (cast.ada, "count"), (cast.max, "count"))
    ]
    assert claim_all() == jobs


def test_tenants_take_turns_however_much_one_of_them_asks_for(cast: Cast) -> None:
    theirs = [ask(cast.max).id for _ in range(5)]
    other = ask(cast.gus).id
    assert claim().job_id == theirs[0]
    assert claim().job_id == other
    assert claim_all() == theirs[1:]


def test_one_worker_alone_serves_tenants_in_turn(cast: Cast) -> None:
    theirs = [ask(cast.max).id for _ in range(3)]
    other = ask(cast.gus).id
    order = []
    while (job := job_claim(worker="worker")) is not None:
        order.append(job.job_id)
        job_finish(claimed=job, ending=JobEnding.RETURNED, result=DONE)
    assert order == [theirs[0], other, *theirs[1:]]


def test_a_tenant_runs_as_many_jobs_as_its_plan_allows_and_hides_nobody(cast: Cast) -> None:
    limit(cast.max, jobs_running=2)
    jobs = [ask(cast.max).id for _ in range(4)]
    other = ask(cast.gus).id
    claimed = claim_all()
    assert sorted(claimed) == sorted([*jobs[:2], other])
    assert queue_state().eligible == 0
    assert queue_state().queued == 2


@pytest.mark.parametrize("of", ["tenant", "tool"])
def test_a_bell_lets_nobody_run_more_than_they_may(cast: Cast, of: str) -> None:
    if of == "tenant":
        limit(cast.max, jobs_running=1)
    else:
        server_tool_update(**who(cast.ada), tool=tool_of(cast.max), concurrency=1)
    running, waiting = ask(cast.max), ask(cast.max)
    place = QueuePlace(cast.acme.tenant.pk, UUID(str(tool_of(cast.max).pk)))
    claimed = job_claim(worker="worker", place=place)
    assert claimed is not None
    assert (claimed.job_id, job_claim(worker="other", place=place)) == (running.id, None)
    row = row_of(waiting)
    assert (row.state, row.worker, row.attempt, row.fencing_token) == ("queued", "", 0, 0)
    assert (row.lease_expires_at, row.claimed_at, row.started_at) == (None, None, None)


def test_a_job_that_ends_makes_room_for_the_next(cast: Cast) -> None:
    limit(cast.max, jobs_running=1)
    first, second = ask(cast.max), ask(cast.max)
    claimed = claim()
    assert job_claim(worker="other") is None
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    assert (claimed.job_id, claim().job_id) == (first.id, second.id)


@pytest.mark.parametrize("of", ["server", "author"])
def test_a_tool_runs_as_often_as_it_may_and_hides_no_other(cast: Cast, of: str) -> None:
    busy = "shout" if of == "server" else "post"
    if of == "server":
        server_tool_update(**who(cast.ada), tool=tool_of(cast.ada), concurrency=2)
    else:
        server_tool_add(**who(cast.ada), toolkit="ledger", tool="post")
    jobs = [ask(cast.ada, tool=busy).id for _ in range(3)]
    free = ask(cast.max, tool="count").id
    assert sorted(claim_all()) == sorted([*jobs[:2], free])


def who(person: Person) -> dict[str, Any]:
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server}


def test_as_many_jobs_wait_as_the_plan_allows(cast: Cast) -> None:
    limit(cast.max, jobs_queued=2)
    first, _ = ask(cast.max), ask(cast.ada)
    with pytest.raises(JobsFull) as full:
        ask(cast.max)
    assert full.value.limit == 2
    ask(cast.gus)
    claim()
    ask(cast.max)
    assert call_of(first).outcome == "pending"


def test_a_claim_names_its_worker_and_raises_the_token(cast: Cast) -> None:
    ask(cast.max)
    claimed = claim("tools-7")
    row = row_of(claimed)
    assert (row.worker, row.fencing_token, row.state, claimed.fencing_token) == ("tools-7", 1, "running", 1)
    assert row.lease_expires_at is not None


def test_the_trace_of_a_call_goes_to_its_worker(cast: Cast) -> None:
    trace = TraceContext(f"00-{'ab' * 16}-{'cd' * 8}-01", "vendor=1")
    ask(cast.max, trace=trace)
    assert trace_context(claim().trace) == trace
    ask(cast.gus)
    assert claim().trace == {}


def test_the_queue_is_counted_over_all_tenants(cast: Cast) -> None:
    limit(cast.max, jobs_running=1)
    for person in (cast.max, cast.max, cast.max, cast.gus):
        ask(person)
    assert (queue_state().queued, queue_state().running, queue_state().eligible) == (4, 0, 2)
    claim()
    state = queue_state()
    assert (state.queued, state.running, state.eligible, state.expired_leases) == (3, 1, 1, 0)
    assert state.oldest_eligible_seconds > 0
