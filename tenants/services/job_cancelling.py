"""Asking a job to stop. A queued one ends at once; a running one when its tool has noticed, or its time to do so is
over: the worker that has it says which."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mcp_runtime.contract.jobs import JobEnding, JobOwner, JobView
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.models import Job, Tenant
from tenants.publishing.job_events import job_control_ring
from tenants.publishing.live import JOBS, live_changed
from tenants.scope import tenant_scope
from tenants.selectors.jobs import job_get, job_of_owner, job_view
from tenants.services.job_outcomes import Outcome, job_end

BY_CLIENT: Final = "client"
BY_MEMBER: Final = "member"

_NEVER_STARTED: Final = Outcome(JobEnding.NEVER_STARTED, "cancelled", JobEnding.NEVER_STARTED.value)


def job_cancel(*, tenant: Tenant, actor: Actor, job_id: UUID) -> Job:
    """Ask for one's own job to stop, or for anybody's, with the ability to manage servers; the job as it then is. One
    that has ended stays as it is.

    Raises NotFoundError for a job that the actor does not see, AbilityMissingError for one they only see.
    """
    with tenant_scope(tenant):
        job = job_get(actor=actor, job_id=job_id)
        is_own = actor.user_id is not None and job.user_id == actor.user_id
        actor.require(Ability.CALL_TOOLS if is_own else Ability.MANAGE_SERVERS)
        _cancel(job, BY_MEMBER)
        return job_get(actor=actor, job_id=job_id)


def job_cancel_own(*, owner: JobOwner, job_id: str) -> JobView | None:
    """As the client that asked for the job; the job as it then is, or None where the owner has no such job."""
    with tenant_scope(UUID(owner.tenant_id)):
        job = job_of_owner(owner=owner, job_id=job_id)
        if job is None:
            return None
        _cancel(job, BY_CLIENT)
        job.refresh_from_db()
        return job_view(job)


def _cancel(job: Job, reason: str) -> None:
    # A job may be claimed, or be given back by the reaper, between one question and the next.
    while job_end(job=job, still={"state": "queued"}, outcome=_NEVER_STARTED) is None:
        now = timezone.now()
        running = Job.objects.filter(pk=job.pk, state="running")
        asked = running.filter(cancel_requested_at=None)
        if asked.update(cancel_requested_at=now, cancel_reason=reason, updated_at=now):
            transaction.on_commit(lambda: job_control_ring(job_id=str(job.pk)))
            live_changed(tenant_id=job.tenant_id, name=JOBS)
            return
        if not Job.objects.filter(pk=job.pk, state="queued").exists():
            return
