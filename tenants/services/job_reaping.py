"""Finding the jobs whose workers were lost, and ringing for those that nobody came for."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from mcp_runtime.contract.jobs import JobEnding
from tenants.models import Job
from tenants.publishing.job_events import bell_ring_again
from tenants.publishing.live import JOBS, live_changed
from tenants.scope import tenant_scope
from tenants.selectors.housekeeping import job_reaping_scope
from tenants.selectors.job_queue import queue_state
from tenants.services.job_claiming import WORKER_LENGTH
from tenants.services.job_endings import OUTCOME_UNKNOWN
from tenants.services.job_leases import JobLineText, job_lines_keep
from tenants.services.job_outcomes import Outcome, job_end

MOST_ATTEMPTS: Final = 5
BATCH: Final = 500
MOST_BELLS: Final = 100
"""How often the reaper rings at once: each worker that comes claims on while there is work."""

_KILLED: Final = Outcome(JobEnding.KILLED, "cancelled", JobEnding.KILLED.value)
_UNKNOWN: Final = Outcome(JobEnding.OUTCOME_UNKNOWN, "crashed", JobEnding.OUTCOME_UNKNOWN.value, error=OUTCOME_UNKNOWN)


def jobs_reap() -> dict[str, int]:
    """Take back every job whose lease has run out: one that was to be cancelled is cancelled, one that may run again is
    queued again, and of any other nobody knows the outcome. Then ring for what waits.

    Returns how many were cancelled, requeued and failed, and how often it rang.
    """
    done = {"cancelled": 0, "requeued": 0, "failed": 0}
    for job_id, tenant_id in _lost():
        with tenant_scope(tenant_id):
            what = _take_back(job_id)
        if what:
            done[what] += 1
    bells = min(queue_state().eligible, MOST_BELLS)
    if bells:
        bell_ring_again(times=bells)
    return {**done, "rung": bells}


def jobs_give_back(*, worker: str, since: datetime) -> int:
    """Queue again what this worker claimed since then without having learned of it: the commit went through, and the
    answer was lost with the connection. Nothing of these jobs has begun, so any may run. Returns how many there were.

    For a worker that runs nothing.
    """
    with job_reaping_scope():
        claimed = Job.objects.filter(state="running", worker=worker[:WORKER_LENGTH], claimed_at__gte=since)
        return claimed.filter(cancel_requested_at=None).update(
            state="queued", lease_expires_at=None, attempt=F("attempt") - 1, updated_at=timezone.now()
        )


def _lost() -> list[tuple[UUID, UUID]]:
    with job_reaping_scope():
        running = Job.objects.filter(state="running", lease_expires_at__lt=timezone.now())
        return list(running.order_by("lease_expires_at").values_list("pk", "tenant_id")[:BATCH])


def _take_back(job_id: UUID) -> str:
    """What became of it; empty where it is held again, or has ended."""
    now = timezone.now()
    lost = Job.objects.filter(pk=job_id, state="running", lease_expires_at__lt=now)
    job: Job | None = lost.defer("sealed_arguments").first()
    if job is None:
        return ""
    still = {"state": "running", "fencing_token": job.fencing_token, "lease_expires_at": job.lease_expires_at}
    if job.cancel_requested_at is not None:
        return "cancelled" if job_end(job=job, still=still, outcome=_KILLED) else ""
    if not job.is_idempotent or job.attempt >= MOST_ATTEMPTS:
        return "failed" if job_end(job=job, still=still, outcome=_UNKNOWN) else ""
    again = Job.objects.filter(pk=job.pk, cancel_requested_at=None, **still).update(
        state="queued", lease_expires_at=None, line_count=F("line_count") + 1, updated_at=now
    )
    if not again:
        return ""
    job.line_count += 1
    text = f"The worker of attempt {job.attempt} was lost. The tool may run again, and waits for another one."
    job_lines_keep(job=job, lines=[JobLineText(now, "warning", text)])
    live_changed(tenant_id=job.tenant_id, name=JOBS)
    return "requeued"
