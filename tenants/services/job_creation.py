"""Taking a job: with its doorbell and the intent of its call, in one transaction."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from mcp_runtime.contract import keys
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import JobsFull, JobView, NewJob
from tenants.models import AccessToken, Call, Connection, Job, Outbox, Tenant
from tenants.plan import plan_from_overrides
from tenants.publishing.job_events import bell_ring
from tenants.publishing.live import JOBS, live_changed
from tenants.scope import tenant_scope
from tenants.sealing import seal
from tenants.selectors.credentials import KIND_ACCESS_TOKEN
from tenants.selectors.jobs import job_view, owned_jobs
from tenants.services.calls import call_row

BELL_AFTER: Final = timedelta(seconds=1)
"""How long the bell that follows the commit has time before the drain rings another one."""

_encode = msgspec.json.Encoder().encode


def job_create(*, job: NewJob) -> JobView:
    """Keep a job; when this returns it is committed, and workers have been told, or will be within seconds.

    The job of the same id, or of the same idempotency key of the same principal for the same tool, is returned as it
    is, and nothing is written. Raises JobsFull.
    """
    return job_view(job_insert(job=job))


def job_insert(*, job: NewJob, retry_of: UUID | None = None) -> Job:
    """As `job_create`, for services: the row. Four statements."""
    tenant_id = UUID(job.owner.tenant_id)
    try:
        with tenant_scope(tenant_id):
            found = _look(job, tenant_id)
            if found["known"] is not None:
                return _get(found["known"])
            limit = plan_from_overrides(found["plan"]).jobs_queued
            if found["queued"] >= limit:
                raise JobsFull(limit)
            return _insert(job, tenant_id, found["connection"], retry_of)
    except IntegrityError:
        # Somebody was faster with this id or idempotency key; else it was something else that broke.
        with tenant_scope(tenant_id):
            existing = _same(job).first()
            if existing is None:
                raise
            return existing


def _look(job: NewJob, tenant_id: UUID) -> dict[str, Any]:
    """What is to be known before, in one question."""
    queued = Job.objects.filter(tenant_id=OuterRef("pk"), state="queued").order_by().values("tenant_id")
    facts = Tenant.objects.filter(pk=tenant_id).annotate(
        queued=Coalesce(Subquery(queued.annotate(number=Count("pk")).values("number")), 0),
        known=Subquery(_same(job).values("pk")[:1]),
        connection=Subquery(_connections(job).values("pk")[:1]),
    )
    found: dict[str, Any] | None = facts.values("plan", "queued", "known", "connection").first()
    if found is None:
        raise IntegrityError("the tenant of the job is gone")
    return found


def _same(job: NewJob) -> QuerySet[Job]:
    by_id = Q(pk=UUID(job.id))
    by_key = Q(tool_id=UUID(job.tool_id), idempotency_key=job.idempotency_key)
    return owned_jobs(owner=job.owner).filter(by_id | by_key if job.idempotency_key else by_id)


def _get(job_id: UUID) -> Job:
    job: Job = Job.objects.get(pk=job_id)
    return job


def _connections(job: NewJob) -> QuerySet[Connection]:
    """The connection of the token that the call came by. A token that was refreshed meanwhile leaves only whose it was
    to go by."""
    call = job.call
    if call.credential_kind != KIND_ACCESS_TOKEN or call.user is None:
        return Connection.objects.none()
    theirs = Connection.objects.filter(
        server_id=UUID(job.owner.server_id), user_id=UUID(call.user), client_id=call.client, revoked_at=None
    )
    token = AccessToken.objects.filter(pk=call.credential_id).values("connection_id")[:1]
    return theirs.annotate(is_token=Q(pk=Subquery(token))).order_by("-is_token", "-connected_at")


def _insert(job: NewJob, tenant_id: UUID, connection_id: UUID | None, retry_of: UUID | None) -> Job:
    now, call = timezone.now(), job.call
    arguments, job_id = _encode(job.arguments), UUID(job.id)
    row: Job = Job.objects.create(
        id=job_id,
        tenant_id=tenant_id,
        server_id=UUID(job.owner.server_id),
        tool_id=UUID(job.tool_id),
        tool=job.tool,
        principal=job.owner.principal,
        user_id=None if call.user is None else UUID(call.user),
        service_account=call.service_account or "",
        client=call.client,
        credential_kind=call.credential_kind,
        delegate=connection_id if call.credential_kind == KIND_ACCESS_TOKEN else _family(call),
        scopes=list(job.scopes),
        call=msgspec.to_builtins(msgspec.structs.replace(call, id=job.id, arguments=None)),
        sealed_arguments=seal(arguments, tenant_id=tenant_id, row_id=job_id, column="sealed_arguments"),
        shown_arguments=call.arguments or "",
        idempotency_key=job.idempotency_key,
        is_idempotent=job.is_idempotent,
        timeout_seconds=job.timeout_seconds,
        retry_of=retry_of,
        available_at=now,
    )
    Outbox.objects.create(tenant_id=tenant_id, kind=keys.KIND_JOB, key=job.id, version=0, available_at=now + BELL_AFTER)
    Call.objects.bulk_create([call_row(msgspec.structs.replace(call, id=job.id, phase="intent", outcome="pending"))])
    transaction.on_commit(bell_ring)
    live_changed(tenant_id=tenant_id, name=JOBS)
    return row


def _family(call: AuditEvent) -> UUID | None:
    try:
        return UUID(call.client)
    except ValueError:
        return None
