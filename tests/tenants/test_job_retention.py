"""Jobs that ended long ago go, with everything of theirs; what is audited stays."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding
from tenants.models import Job, JobLine, JobResult
from tenants.scope import platform_scope
from tenants.selectors.jobs import jobs_ended
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, job_renew
from tenants.services.retention import retention_apply
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim, row_of
from tests.tenants.test_calls import calls

LARGE = ToolResult([TextContent("x" * 2_000_000)])


def age(days: float) -> None:
    """So many days pass for every job."""
    with platform_scope("test"):
        Job.objects.update(expires_at=F("expires_at") - timedelta(days=days))


@pytest.mark.parametrize(("days", "left"), [(6.9, 1), (7.1, 0)])
def test_a_job_is_kept_for_a_week_after_its_end(cast: Cast, days: float, left: int) -> None:
    job = ask(cast.max)
    claimed = claim()
    job_renew(claimed=claimed, lines=[JobLineText(timezone.now(), "info", "hello")])
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=LARGE)
    age(days)
    assert retention_apply()["jobs"] == 1 - left
    with platform_scope("test"):
        assert [model.objects.count() for model in (Job, JobResult, JobLine)] == [left] * 3
    assert jobs_ended(job_ids=[job.id]) == {job.id}
    assert [call.outcome for call in calls(cast.max)] == ["ok"]


def test_what_waits_or_runs_is_never_too_old(cast: Cast) -> None:
    running, queued = ask(cast.max), ask(cast.max)
    claim()
    with platform_scope("test"):
        Job.objects.update(created_at=timezone.now() - timedelta(days=400))
    age(400)
    assert retention_apply()["jobs"] == 0
    assert jobs_ended(job_ids=[running.id, queued.id]) == set()
    assert row_of(running).expires_at is None
