"""A job from its beginning to its end, and what the audit says of it."""

import msgspec

from mcp_runtime.calls.results import TextContent, ToolResult, failed
from mcp_runtime.contract.jobs import JobEnding, JobError, JobState
from tenants.models import Outbox
from tenants.scope import tenant_scope
from tenants.selectors.jobs import job_of_owner, job_view, stored_result
from tenants.services.job_claiming import job_claim
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobProgress, job_renew
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, call_of, claim, owner_of, row_of

DONE = ToolResult([TextContent("HELLO")])


def test_a_job_is_kept_with_its_doorbell_and_the_intent_of_its_call(cast: Cast) -> None:
    job = ask(cast.max)
    assert (job.state, job.attempt, job.has_ended) == (JobState.QUEUED, 0, False)
    with tenant_scope(cast.acme.tenant):
        assert Outbox.objects.filter(kind="job", key=job.id).exists()
    call = call_of(job)
    assert (call.phase, call.outcome, call.tool, call.user_id) == ("intent", "pending", "shout", cast.max.user.pk)


def test_a_job_runs_and_its_result_is_its_owners(cast: Cast) -> None:
    job = ask(cast.max, arguments={"text": "hello"})
    claimed = claim("worker-1")
    assert (claimed.job_id, claimed.attempt, claimed.arguments) == (job.id, 1, {"text": "hello"})
    assert (claimed.spec.name, claimed.tenant, claimed.idempotency_key) == ("shout", "acme", job.id)
    ended = job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    assert ended is not None
    found = job_of_owner(owner=owner_of(cast.max), job_id=job.id)
    assert found is not None
    assert job_view(found) == ended
    assert (ended.state, ended.ending) == (JobState.COMPLETED, JobEnding.RETURNED)
    assert ended.result is not None
    assert msgspec.json.decode(ended.result, type=ToolResult) == DONE
    assert (call_of(job).phase, call_of(job).outcome, call_of(job).reason) == ("outcome", "ok", "")
    assert job_claim(worker="worker-2") is None


def test_what_the_tool_said_last_is_kept_with_the_end_unless_it_was_further_before(cast: Cast) -> None:
    for said, kept in ((4.0, 4.0), (2.0, 3.0)):
        ask(cast.max)
        claimed = claim()
        assert job_renew(claimed=claimed, progress=JobProgress(3, 5, "three")).held
        last = JobProgress(said, 5, "last")
        ended = job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE, progress=last)
        assert ended is not None
        assert (ended.progress, ended.message) == (kept, "last" if kept == said else "three")


ENDINGS = {
    (JobEnding.RETURNED, "tool_error"): (failed("not_found", "No."), JobState.COMPLETED, "not_found"),
    (JobEnding.TIMEOUT, "timeout"): (failed("timeout", "No."), JobState.COMPLETED, "timeout"),
    (JobEnding.CRASHED, "crashed"): (failed("crashed", "No.", incident="i-1"), JobState.COMPLETED, "i-1"),
    (JobEnding.STOPPED, "cancelled"): (None, JobState.CANCELLED, "stopped"),
    (JobEnding.KILLED, "cancelled"): (None, JobState.CANCELLED, "killed"),
    (JobEnding.WITHDRAWN, "cancelled"): (None, JobState.FAILED, "withdrawn"),
    (JobEnding.OUTCOME_UNKNOWN, "crashed"): (None, JobState.FAILED, "outcome_unknown"),
}


def test_every_ending_has_its_state_and_its_outcome(cast: Cast) -> None:
    for (ending, outcome), (result, state, reason) in ENDINGS.items():
        job = ask(cast.max)
        ended = job_finish(claimed=claim(), ending=ending, result=result)
        assert ended is not None
        assert (ended.state, ended.ending) == (state, ending)
        assert (ended.error is not None) is (state == JobState.FAILED)
        assert (call_of(job).outcome, call_of(job).reason) == (outcome, reason)


def test_a_large_result_is_kept_apart_and_read_by_its_owner(cast: Cast) -> None:
    job = ask(cast.max)
    claimed = claim()
    large = ToolResult([TextContent("x" * (claimed.result_limit + 1))])
    ended = job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=large)
    assert ended is not None
    assert ended.result is None
    body = stored_result(owner=owner_of(cast.max), job_id=job.id)
    assert body is not None
    assert len(body) == ended.stored_bytes
    assert msgspec.json.decode(body, type=ToolResult) == large
    assert stored_result(owner=owner_of(cast.ada), job_id=job.id) is None
    assert stored_result(owner=owner_of(cast.gus), job_id=job.id) is None


def test_an_error_says_why_there_is_no_answer(cast: Cast) -> None:
    ask(cast.max)
    error = JobError("outcome_unknown", "Nobody knows.")
    ended = job_finish(claimed=(claimed := claim()), ending=JobEnding.OUTCOME_UNKNOWN, error=error)
    assert ended is not None
    assert ended.error == error
    assert row_of(claimed).expires_at is not None


def test_a_tool_may_have_its_job_fail(cast: Cast) -> None:
    job = ask(cast.ada)
    error = JobError("toolkit_error", "Closed for good.")
    ended = job_finish(claimed=claim(), ending=JobEnding.RETURNED, error=error)
    assert ended is not None
    assert (ended.state, ended.error, ended.result) == (JobState.FAILED, error, None)
    assert call_of(job).outcome == "tool_error"
