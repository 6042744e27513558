"""Claiming: of all jobs that wait, a worker gets the fairest, and nobody else gets it.

Tenants that run fewer jobs come first, of those the one whose turn was longest ago, then jobs that have waited longer.
What a tenant and a tool may run at once holds exactly: while one worker counts and claims, no other claims for the same
tenant.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from mcp_runtime.contract.jobs import JobEnding, JobError
from mcp_runtime.contract.tools import ToolSpec
from tenants.models import Job
from tenants.publishing.job_events import QueuePlace
from tenants.publishing.live import JOBS, live_changed
from tenants.row_writing import row_change
from tenants.scope import tenant_scope, tenant_scope_asking
from tenants.sealing import SealBrokenError
from tenants.selectors.job_queue import Lane, head_of_lane, lanes_open, plan_of
from tenants.selectors.job_standing import StandingJob, Withdrawn
from tenants.selectors.jobs import job_arguments
from tenants.services.job_outcomes import Outcome, job_end
from tenants.services.job_permission import job_permission
from tenants.services.job_taking import TenantBusy, claim_lock, job_take_asked
from tenants.services.job_withdrawing import jobs_withdraw

LEASE: Final = timedelta(seconds=30)
"""How long a worker holds a job without renewing."""

_WHOLE_LANE: Final = frozenset({"suspended", "tool_gone"})

WORKER_LENGTH: Final = 128

UNREADABLE: Final = JobError(
    "unreadable",
    "The arguments of this job can't be read any more: no key of this installation opens them. Call again.",
)


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job in the hands of a worker. What it writes, it writes with `fencing_token`, which the next claim outdates.

    `idempotency_key` is the same for every attempt. `timeout_seconds` is for this attempt. A result of more than
    `result_limit` bytes is kept apart. `highest_progress` is what attempts before have reached,
    `capabilities` what its client can be asked, `trace` what its call is a part of.
    """

    job_id: str
    tenant_id: str
    tenant: str
    server_id: str
    principal: str
    fencing_token: int
    attempt: int
    spec: ToolSpec
    arguments: dict[str, Any]
    call_id: str
    idempotency_key: str
    timeout_seconds: float
    result_limit: int
    highest_progress: float | None
    capabilities: dict[str, Any] = field(default_factory=dict)
    trace: dict[str, Any] = field(default_factory=dict)
    row: Job | None = field(default=None, compare=False, repr=False)
    """As the claim has left it."""


class Missed(Enum):
    """Why a lane gave no job."""

    EMPTY = "empty"
    """Nothing waits in it, or what may run at once runs already."""
    BUSY = "busy"
    """Another worker claims for this tenant just now."""
    ENDED = "ended"
    """Its first job was not to run, and has ended; there may be another one."""


def job_claim(*, worker: str, place: QueuePlace | None = None) -> ClaimedJob | None:
    """Take the fairest job that may run now; None where there is none. Raises what the database raises.

    A job whose permission is gone ends here and does not run. Who has found nothing a moment ago, and was then told of
    one job alone, need not look for the fairest first: `place` is where that one waits.
    """
    if place is not None and isinstance(taken := _claim_from(place, worker, waits=False), ClaimedJob):
        return taken
    waits = False
    while lanes := lanes_open():
        missed = set()
        for lane in lanes:
            taken = _claim_from(lane, worker, waits=waits)
            if isinstance(taken, ClaimedJob):
                return taken
            missed.add(taken)
        if missed == {Missed.EMPTY}:
            return None
        # Whoever was busy may have left something: look again, and this time wait for them.
        waits = True
    return None


def _claim_from(lane: Lane | QueuePlace, worker: str, *, waits: bool) -> ClaimedJob | Missed:
    taken = None if waits else _take(lane, worker)
    return _look_and_claim(lane, worker, waits=waits) if taken is None else taken


class _NotToRun(Exception):  # noqa: N818 - reads as the state it reports
    """The job that was taken is left as it was."""


def _take(lane: Lane | QueuePlace, worker: str) -> ClaimedJob | Missed | None:
    """The lane's first job in one statement, which is undone where the job is not to run; None where it gave none, for
    whatever reason: that is to be looked at."""
    by = worker[:WORKER_LENGTH]
    try:
        with tenant_scope_asking(lane.tenant_id, lambda: job_take_asked(lane=lane, worker=by, lease=LEASE)) as taken:
            job = taken()
            if job is None:
                return None
            tool = job_permission(job)
            if isinstance(tool, Withdrawn) or not _has_room(job, tool):
                raise _NotToRun
            live_changed(tenant_id=job.tenant_id, name=JOBS)
            return _claimed(job, tool, job_arguments(job=job))
    except TenantBusy:
        return Missed.BUSY
    except (_NotToRun, SealBrokenError):
        return None


def _has_room(job: StandingJob, tool: ToolSpec) -> bool:
    """Whether its tenant and its tool run fewer jobs than they may."""
    is_open = tool.concurrency is None or job.tool_running < tool.concurrency
    return is_open and job.tenant_running < plan_of(job.tenant_plan).jobs_running


def _look_and_claim(lane: Lane | QueuePlace, worker: str, *, waits: bool) -> ClaimedJob | Missed:
    """Read the lane's first job, and end it where it is not to run."""
    with tenant_scope(lane.tenant_id):
        if not _lock(lane.tenant_id, waits=waits):
            return Missed.BUSY
        job = head_of_lane(tenant_id=lane.tenant_id, tool_id=lane.tool_id)
        if job is None or job.tenant_running >= plan_of(job.tenant_plan).jobs_running:
            return Missed.EMPTY
        tool = job_permission(job)
        if isinstance(tool, Withdrawn):
            jobs_withdraw(jobs=_alike(job, tool.reason), reason=tool.reason)
            return Missed.ENDED
        return _start(job, tool, worker) if _has_room(job, tool) else Missed.EMPTY


def _alike(job: Job, reason: str) -> QuerySet[Job]:
    """The jobs of the lane that may not run for the same reason, so that thousands of them don't keep workers busy."""
    lane = Job.objects.filter(tool_id=job.tool_id, state="queued")
    if reason in _WHOLE_LANE:
        return lane
    same = {"principal": job.principal, "credential_kind": job.credential_kind, "delegate": job.delegate}
    return lane.filter(**same, scopes=job.scopes) if reason == "insufficient_scope" else lane.filter(**same)


def _lock(tenant_id: UUID, *, waits: bool) -> bool:
    """Be the only one who claims for this tenant until the transaction ends. On SQLite every transaction is alone."""
    if connection.vendor != "postgresql":
        return True
    number = claim_lock(tenant_id)
    with connection.cursor() as cursor:
        if waits:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])


def _start(job: StandingJob, tool: ToolSpec, worker: str) -> ClaimedJob | Missed:
    try:
        arguments = job_arguments(job=job)
    except SealBrokenError:
        outcome = Outcome(JobEnding.CRASHED, "crashed", "unreadable", error=UNREADABLE)
        job_end(job=job, still={"state": "queued"}, outcome=outcome)
        return Missed.ENDED
    if not _hold(job, worker):
        return Missed.ENDED
    live_changed(tenant_id=job.tenant_id, name=JOBS)
    return _claimed(job, tool, arguments)


def _claimed(job: StandingJob, tool: ToolSpec, arguments: dict[str, Any]) -> ClaimedJob:
    return ClaimedJob(
        job_id=str(job.pk),
        tenant_id=str(job.tenant_id),
        tenant=job.tenant_slug,
        server_id=str(job.server_id),
        principal=job.principal,
        fencing_token=job.fencing_token,
        attempt=job.attempt,
        spec=tool,
        arguments=arguments,
        call_id=str(job.pk),
        idempotency_key=str(job.pk),
        timeout_seconds=job.timeout_seconds,
        result_limit=plan_of(job.tenant_plan).result_bytes,
        highest_progress=job.progress,
        capabilities=job.capabilities,
        trace=job.trace,
        row=job,
    )


def _hold(job: StandingJob, worker: str) -> bool:
    """Make it this worker's, in the row and in `job`; False where it is not any more as it was read."""
    now = timezone.now()
    changes = {
        "state": "running",
        "attempt": job.attempt + 1,
        "fencing_token": job.fencing_token + 1,
        "lease_expires_at": now + LEASE,
        "claimed_at": now,
        "worker": worker[:WORKER_LENGTH],
        "started_at": job.started_at or now,
        "open_inputs": 0,  # this attempt has asked nothing yet
        "updated_at": now,
    }
    as_seen = {"id": job.pk, "state": "queued", "fencing_token": job.fencing_token}
    if not row_change(Job, where=as_seen, to=changes):
        return False
    for name, value in changes.items():
        setattr(job, name, value)
    return True
