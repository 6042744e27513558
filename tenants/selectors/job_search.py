"""What pages and the API ask of jobs beside the list itself, in the scope of their tenant."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from mcp_runtime.contract.jobs import TERMINAL, JobState
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import NotFoundError
from tenants.models import Call, Job, JobLine
from tenants.sealing import SealBrokenError
from tenants.selectors.call_search import is_uuid
from tenants.selectors.jobs import UNREADABLE, job_list, job_result, job_shows_content

MOST_CHOICES: Final = 200
"""How many tools a filter offers; others are found by their name in the URL."""

UNENDED: Final = (JobState.QUEUED.value, JobState.RUNNING.value)


def jobs_shown(*, actor: Actor, ids: Sequence[UUID]) -> QuerySet[Job]:
    """Those of these jobs that the actor may see, newest first."""
    return job_list(actor=actor).filter(pk__in=ids)


def job_tool_choices(*, actor: Actor) -> list[str]:
    """The names of the tools of the jobs that the actor may see, to search by."""
    names = job_list(actor=actor).order_by().select_related(None).values_list("tool", flat=True)
    return sorted(names.distinct()[:MOST_CHOICES])


def calls_of_jobs(*, jobs: Sequence[Job]) -> dict[str, Call]:
    """The recorded calls that these jobs are of, without their arguments, by the job's id. One query."""
    ids = [str(job.pk) for job in jobs]
    calls = Call.objects.filter(event_id__in=ids).defer("arguments") if ids else ()
    return {call.event_id: call for call in calls}


def job_of_call(*, actor: Actor, call: Call) -> Job | None:
    """The job that a recorded call became, as far as it is there and the actor may see it."""
    return job_list(actor=actor).filter(pk=call.event_id).first() if is_uuid(call.event_id) else None


def jobs_unended_of(*, calls: Sequence[Call]) -> set[UUID]:
    """Which of these recorded calls (their ids) wait or run as jobs. One query, or none."""
    by_event = {call.event_id: call.pk for call in calls if is_uuid(call.event_id)}
    if not by_event:
        return set()
    jobs = Job.objects.filter(pk__in=list(by_event), state__in=UNENDED).values_list("pk", flat=True)
    return {by_event[event] for event in map(str, jobs) if event in by_event}


def jobs_unended(*, actor: Actor) -> int:
    """How many of the jobs that the actor may see wait or run."""
    return job_list(actor=actor).filter(state__in=UNENDED).count()


def job_result_for(*, actor: Actor, job: Job) -> bytes:
    """The encoded `ToolResult` of a job that the actor sees, large or small.

    Raises AbilityMissingError where they may not read it, NotFoundError where there is none, or no key opens it.
    """
    if not job_shows_content(actor=actor, job=job):
        actor.require(Ability.READ_CONTENT)
    if job.state not in TERMINAL:
        raise NotFoundError("This job has no result yet.")
    try:
        encoded = job_result(job=job)
    except SealBrokenError as error:
        raise NotFoundError(UNREADABLE.message) from error
    if encoded is None:
        raise NotFoundError("This job has no result: read how it ended.")
    return encoded


def job_lines_latest(*, job: Job, most: int) -> list[JobLine]:
    """The last lines of its log, in order."""
    return list(JobLine.objects.filter(job_id=job.pk).order_by("-number")[:most])[::-1]
