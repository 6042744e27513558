"""Jobs as their owners, their people and the pages see them, in the scope of their tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from mcp_runtime.contract.jobs import TERMINAL, JobEnding, JobError, JobOwner, JobState, JobView
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Job, JobLine, JobResult
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError, unseal
from tenants.selectors.housekeeping import job_endings_scope
from tenants.selectors.job_inputs import open_inputs
from tenants.selectors.servers import server_list

UNREADABLE = JobError(
    "unreadable", "The result of this job can't be read any more: no key of this installation opens it."
)


@dataclass(frozen=True, slots=True)
class JobSearch:
    """Which jobs; what is None does not matter. `server` is a slug, `tool` the name that clients call, `retry_of` the
    job that others repeat. Times of creation are inclusive below, exclusive above."""

    server: str | None = None
    tool: str | None = None
    state: str | None = None
    user_id: UUID | None = None
    client: str | None = None
    retry_of: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERY_JOB = JobSearch()


def job_view(job: Job) -> JobView:
    """The job as its owner may see it, its result unsealed where that is small."""
    result, error = None, None if job.error is None else msgspec.convert(job.error, JobError)
    if job.sealed_result is not None:
        try:
            result = unseal(job.sealed_result, tenant_id=job.tenant_id, row_id=job.pk, column="sealed_result")
        except SealBrokenError:
            error = UNREADABLE
    return JobView(
        id=str(job.pk),
        tool=job.tool,
        state=JobState(job.state),
        attempt=job.attempt,
        created_at=job.created_at.timestamp(),
        updated_at=job.updated_at.timestamp(),
        expires_at=_unix(job.expires_at),
        started_at=_unix(job.started_at),
        ended_at=_unix(job.ended_at),
        ending=JobEnding(job.ending) if job.ending else None,
        progress=job.progress,
        total=job.progress_total,
        message=job.message or None,
        result=result,
        stored_bytes=job.stored_bytes,
        error=error,
        inputs=open_inputs(job=job),
    )


def _unix(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()


def owned_jobs(*, owner: JobOwner) -> QuerySet[Job]:
    """The owner's jobs on their server, in the scope of their tenant."""
    return Job.objects.filter(tenant_id=owner.tenant_id, server_id=owner.server_id, principal=owner.principal)


def job_of_owner(*, owner: JobOwner, job_id: str) -> Job | None:
    """The owner's job of this id (any text), or None: also where it is somebody else's. Opens its tenant's scope."""
    known = _uuid(job_id)
    if known is None:
        return None
    with tenant_scope(UUID(owner.tenant_id)):
        return owned_jobs(owner=owner).filter(pk=known).first()


def jobs_of_owner(*, owner: JobOwner, after: str | None, limit: int) -> list[Job] | None:
    """The owner's jobs, newest first: those behind the one of this id (any text), or from the first on. None where the
    owner has no such job. Opens its tenant's scope."""
    last = None if after is None else job_of_owner(owner=owner, job_id=after)
    if after is not None and last is None:
        return None
    with tenant_scope(UUID(owner.tenant_id)):
        jobs = owned_jobs(owner=owner).order_by("-created_at", "pk")
        if last is not None:
            same_time = Q(created_at=last.created_at, pk__gt=last.pk)
            jobs = jobs.filter(Q(created_at__lt=last.created_at) | same_time)
        return list(jobs[:limit])


def jobs_ended(*, job_ids: Sequence[str]) -> set[str]:
    """Which of these jobs have ended, are gone, or ask for something, whosever they are. Says nothing else of them."""
    with job_endings_scope():
        living = Job.objects.filter(pk__in=job_ids, open_inputs=0).exclude(state__in=TERMINAL)
        return set(job_ids) - {str(job_id) for job_id in living.values_list("pk", flat=True)}


def stored_result(*, owner: JobOwner, job_id: str) -> bytes | None:
    """The owner's result that was too large to be answered, or None. Opens its tenant's scope. Raises
    SealBrokenError."""
    job = job_of_owner(owner=owner, job_id=job_id)
    if job is None:
        return None
    with tenant_scope(UUID(owner.tenant_id)):
        return _stored(job)


def _stored(job: Job) -> bytes | None:
    row: JobResult | None = JobResult.objects.filter(job_id=job.pk).first()
    if row is None:
        return None
    return unseal(row.sealed, tenant_id=row.tenant_id, row_id=job.pk, column="stored_result")


def job_list(*, actor: Actor, search: JobSearch = EVERY_JOB) -> QuerySet[Job]:
    """The jobs that the actor may see and that were searched for, newest first: all of the tenant's, or their own; with
    a key for some servers only, jobs of those. Arguments and results are left in the database.

    Whether those may be shown says `job_shows_content`.
    """
    given = {
        "tool": search.tool,
        "state": search.state,
        "user_id": search.user_id,
        "client": search.client,
        "retry_of": search.retry_of,
        "created_at__gte": search.since,
        "created_at__lt": search.until,
    }
    found = _visible(actor).filter(**{name: value for name, value in given.items() if value is not None})
    if search.server is not None or actor.servers is not None:
        servers = server_list(actor=actor)
        found = found.filter(server__in=servers if search.server is None else servers.filter(slug=search.server))
    return found.select_related("server")


def _visible(actor: Actor) -> QuerySet[Job]:
    jobs = Job.objects.order_by("-created_at", "pk").defer("sealed_arguments", "sealed_result", "sealed_inputs", "call")
    if actor.may(Ability.SEE_ALL_CALLS):
        return jobs
    return jobs.filter(user_id=actor.user_id) if actor.may(Ability.CALL_TOOLS) else jobs.none()


def job_get(*, actor: Actor, job_id: UUID) -> Job:
    """One of the jobs that the actor may see; raises NotFoundError."""
    job = job_list(actor=actor).filter(pk=job_id).first()
    if job is None:
        raise NotFoundError("There is no such job.")
    return job


def job_shows_content(*, actor: Actor, job: Job) -> bool:
    """True where the actor may read arguments, result and log of this job: their own, or everybody's by ability."""
    return actor.may(Ability.READ_CONTENT) or (actor.user_id is not None and job.user_id == actor.user_id)


def job_arguments(*, job: Job) -> dict[str, Any]:
    """The arguments as they came. Raises SealBrokenError."""
    body = unseal(job.sealed_arguments, tenant_id=job.tenant_id, row_id=job.pk, column="sealed_arguments")
    arguments: dict[str, Any] = msgspec.json.decode(body)
    return arguments


def job_result(*, job: Job) -> bytes | None:
    """The encoded `ToolResult`, large or small; None where there is none. Raises SealBrokenError."""
    if job.sealed_result is not None:
        return unseal(job.sealed_result, tenant_id=job.tenant_id, row_id=job.pk, column="sealed_result")
    return _stored(job) if job.stored_bytes else None


def job_lines(*, job: Job, after: int = 0) -> QuerySet[JobLine]:
    """The lines of its log behind that number, in order."""
    return JobLine.objects.filter(job_id=job.pk, number__gt=after).order_by("number")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
