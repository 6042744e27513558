"""Ending jobs that may not go on, many at once: their permission is gone, or their server."""

from typing import Final

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from mcp_runtime.contract.jobs import JobEnding, JobState
from tenants.models import Call, Job
from tenants.publishing.job_events import jobs_ended_publish
from tenants.publishing.live import CALLS, JOBS, live_changed
from tenants.services.calls import INTENT
from tenants.services.job_outcomes import KEPT
from tenants.services.job_permission import WITHDRAWN

BATCH: Final = 500

_LIVING: Final = (JobState.QUEUED.value, JobState.RUNNING.value)
_SAID: Final = ("phase", "outcome", "reason", "duration_ms", "updated_at")


def jobs_withdraw(*, jobs: QuerySet[Job], reason: str) -> int:
    """End those of these jobs that have not ended, in the scope of their tenant, at most a batch, the oldest first;
    returns how many. Workers and listeners are told after the commit. Four statements and one for each hundred."""
    locked = jobs.filter(state__in=_LIVING).select_for_update(of=("self",)).order_by("available_at")
    found = list(locked.only("pk", "tenant_id", "attempt")[:BATCH])
    if not found:
        return 0
    ids, now = [job.pk for job in found], timezone.now()
    Job.objects.filter(pk__in=ids).update(
        state=JobState.FAILED.value,
        ending=JobEnding.WITHDRAWN.value,
        error=msgspec.to_builtins(WITHDRAWN),
        sealed_inputs=None,
        open_inputs=0,
        lease_expires_at=None,
        ended_at=now,
        expires_at=now + KEPT,
        updated_at=now,
    )
    _complete_calls({str(job.pk): job for job in found}, reason)
    transaction.on_commit(lambda: jobs_ended_publish(job_ids=[str(job_id) for job_id in ids]))
    for name in (JOBS, CALLS):
        live_changed(tenant_id=found[0].tenant_id, name=name)
    return len(found)


def _complete_calls(jobs: dict[str, Job], reason: str) -> None:
    """A job that had begun was cut off; one that had not was refused."""
    now = timezone.now()
    calls = list(Call.objects.filter(event_id__in=list(jobs), phase=INTENT).only("pk", "event_id", "time"))
    for call in calls:
        call.phase, call.reason, call.updated_at = "outcome", reason, now
        call.outcome = "cancelled" if jobs[call.event_id].attempt else "refused"
        call.duration_ms = max(0.0, (now - call.time).total_seconds() * 1000)
    Call.objects.bulk_update(calls, _SAID, batch_size=100)
