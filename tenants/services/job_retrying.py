"""Asking once more for what a job has done: a new job, with the same arguments."""

from uuid import UUID, uuid4

import msgspec
from django.utils import timezone

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import TERMINAL, JobOwner, JobsFull, NewJob
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, LimitReachedError, NotFoundError, NotRepeatableError
from tenants.models import Job, Tenant
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.selectors.job_standing import Withdrawn, job_standing
from tenants.selectors.jobs import job_arguments, job_get
from tenants.services.job_creation import job_insert
from tenants.services.job_permission import job_permission


def job_retry(*, tenant: Tenant, actor: Actor, job_id: UUID) -> Job:
    """Begin a new job like one's own that has ended, as the same principal.

    Raises NotFoundError, AbilityMissingError for somebody else's job and where the permission is gone,
    NotRepeatableError for one that has not ended or whose arguments can't be read any more, LimitReachedError.
    """
    actor.require(Ability.CALL_TOOLS)
    with tenant_scope(tenant):
        known = job_get(actor=actor, job_id=job_id).pk
        job = job_standing(which="job.id = %s", parameters=[known], large=("sealed_arguments", "call"))
        if job is None:
            raise NotFoundError("There is no such job.")
        if job.user_id != actor.user_id:
            raise AbilityMissingError("Only who asked for a job asks for it again.", ability="own_jobs")
        if job.state not in TERMINAL:
            raise NotRepeatableError("This job has not ended yet. Cancel it, or wait.")
        if isinstance(job_permission(job), Withdrawn):
            raise AbilityMissingError("What this job was asked for with may not call the tool now.", ability="call")
        new = _again(job)
    try:
        return job_insert(job=new, retry_of=job.pk)
    except JobsFull as full:
        message = "As many jobs wait as the plan allows. Try again when some have run."
        raise LimitReachedError(message, limit="jobs_queued", maximum=full.limit) from full


def _again(job: Job) -> NewJob:
    try:
        arguments = job_arguments(job=job)
    except SealBrokenError as error:
        raise NotRepeatableError("The arguments of this job can't be read any more. Call the tool again.") from error
    new_id = str(uuid4())
    call = msgspec.convert(job.call, AuditEvent)
    return NewJob(
        id=new_id,
        owner=JobOwner(str(job.tenant_id), str(job.server_id), job.principal),
        tool_id=str(job.tool_id),
        tool=job.tool,
        arguments=arguments,
        scopes=tuple(job.scopes),
        is_idempotent=job.is_idempotent,
        timeout_seconds=job.timeout_seconds,
        capabilities=job.capabilities,
        call=msgspec.structs.replace(
            call, id=new_id, time=timezone.now().timestamp(), arguments=job.shown_arguments, request_id="", session=""
        ),
    )
