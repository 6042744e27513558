"""Taking a job: with its doorbell and the intent of its call, in one transaction."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import JobsFull, JobState, JobView, NewJob
from tenants.models import Call, Job, Outbox
from tenants.publishing.job_events import QueuePlace, bell_ring
from tenants.publishing.live import CALLS, JOBS, live_changed
from tenants.round_trips import sent_together
from tenants.row_writing import row_insert
from tenants.scope import tenant_scope, tenant_scope_asking
from tenants.sealing import seal
from tenants.selectors.credentials import KIND_ACCESS_TOKEN
from tenants.selectors.job_beginning import job_beginning_asked
from tenants.selectors.job_inputs import COLUMN, JobInput
from tenants.selectors.jobs import job_view, owned_jobs
from tenants.services.calls import call_values

BELL_AFTER: Final = timedelta(seconds=1)
"""How long the bell that follows the commit has time before the drain rings another one."""

_encode = msgspec.json.Encoder().encode


def job_create(*, job: NewJob) -> JobView:
    """Keep a job; when this returns it is committed, and workers have been told, or will be within seconds.

    The job of the same id, or of the same idempotency key of the same principal for the same tool, is returned as it
    is, and nothing is written. Raises JobsFull. Four statements.
    """
    now = timezone.now()
    known = _keep(job, None, now)
    return _new_view(job, now) if known is None else job_view(known)


def job_insert(*, job: NewJob, retry_of: UUID | None = None) -> Job:
    """As `job_create`, for services: the row."""
    known = _keep(job, retry_of, timezone.now())
    if known is not None:
        return known
    with tenant_scope(UUID(job.owner.tenant_id)):
        return _get(UUID(job.id))


def _keep(job: NewJob, retry_of: UUID | None, now: datetime) -> Job | None:
    """Write it down; the row that is there already, where one is."""
    tenant_id = UUID(job.owner.tenant_id)
    try:
        with tenant_scope_asking(tenant_id, lambda: job_beginning_asked(job=job)) as beginning:
            found = beginning()
            if found is None:
                raise IntegrityError("the tenant of the job is gone")
            if found.known is not None:
                return _get(found.known)
            if found.queued >= found.queued_limit:
                raise JobsFull(found.queued_limit)
            _insert(job, tenant_id, found.connection, retry_of, now)
            return None
    except IntegrityError:
        # Somebody was faster with this id or idempotency key; else it was something else that broke.
        with tenant_scope(tenant_id):
            existing = _same(job).first()
            if existing is None:
                raise
            return existing


def _new_view(job: NewJob, now: datetime) -> JobView:
    """What `job_view` would read of a job that was made just now."""
    time = now.timestamp()
    return JobView(id=job.id, tool=job.tool, state=JobState.QUEUED, attempt=0, created_at=time, updated_at=time)


def _same(job: NewJob) -> QuerySet[Job]:
    by_id = Q(pk=UUID(job.id))
    by_key = Q(tool_id=UUID(job.tool_id), idempotency_key=job.idempotency_key)
    return owned_jobs(owner=job.owner).filter(by_id | by_key if job.idempotency_key else by_id)


def _get(job_id: UUID) -> Job:
    job: Job = Job.objects.get(pk=job_id)
    return job


def _insert(job: NewJob, tenant_id: UUID, connection_id: UUID | None, retry_of: UUID | None, now: datetime) -> None:
    bell = {"kind": keys.KIND_JOB, "key": job.id, "version": 0, "available_at": now + BELL_AFTER}
    intent = call_values(msgspec.structs.replace(job.call, id=job.id, phase="intent", outcome="pending"))
    with sent_together():
        row_insert(Job, _values(job, tenant_id, connection_id, retry_of, now))
        row_insert(Outbox, {"tenant_id": tenant_id, "created_at": now, **bell})
        row_insert(Call, {**intent, "created_at": now, "updated_at": now})
    place = QueuePlace(tenant_id, UUID(job.tool_id))
    transaction.on_commit(lambda: bell_ring(place=place))
    live_changed(tenant_id=tenant_id, name=JOBS)
    live_changed(tenant_id=tenant_id, name=CALLS)


def _values(
    job: NewJob, tenant_id: UUID, connection_id: UUID | None, retry_of: UUID | None, now: datetime
) -> dict[str, Any]:
    call, job_id = job.call, UUID(job.id)
    return {
        "id": job_id,
        "created_at": now,
        "updated_at": now,
        "tenant_id": tenant_id,
        "server_id": UUID(job.owner.server_id),
        "tool_id": UUID(job.tool_id),
        "tool": job.tool,
        "principal": job.owner.principal,
        "user_id": None if call.user is None else UUID(call.user),
        "service_account": call.service_account or "",
        "client": call.client,
        "credential_kind": call.credential_kind,
        "delegate": connection_id if call.credential_kind == KIND_ACCESS_TOKEN else _family(call),
        "scopes": list(job.scopes),
        "capabilities": job.capabilities,
        "trace": {} if job.trace is None else job.trace.headers(),
        "sealed_inputs": _sealed_inputs(job, tenant_id, job_id),
        "call": msgspec.to_builtins(msgspec.structs.replace(call, id=job.id, arguments=None)),
        "sealed_arguments": seal(_encode(job.arguments), tenant_id=tenant_id, row_id=job_id, column="sealed_arguments"),
        "shown_arguments": call.arguments or "",
        "idempotency_key": job.idempotency_key,
        "is_idempotent": job.is_idempotent,
        "timeout_seconds": job.timeout_seconds,
        "retry_of": retry_of,
        "available_at": now,
    }


def _sealed_inputs(job: NewJob, tenant_id: UUID, job_id: UUID) -> bytes | None:
    """What was asked and answered before there was a job: its first attempt asks it, and has the answer."""
    given = {key: JobInput(each.request, 1, each.answer) for key, each in job.given.items()}
    return seal(_encode(given), tenant_id=tenant_id, row_id=job_id, column=COLUMN) if given else None


def _family(call: AuditEvent) -> UUID | None:
    try:
        return UUID(call.client)
    except ValueError:
        return None
