"""Jobs as tables show them, with the names of what they speak of."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.caller_names import client_name, person_name
from control_plane.dashboard.job_words import JobWords, has_ended, job_words, percent, progress_in_words
from tenants.models import Call, Job
from tenants.selectors.call_search import CallNames, call_names
from tenants.selectors.job_search import calls_of_jobs
from tenants.selectors.jobs import job_shows_content


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job. `call_id` is that of the recorded call, None where it is not there (any more). `reads` says whether the
    person may see what is in it: what the tool says of its progress, too, for it may speak of its arguments."""

    job: Job
    words: JobWords
    person: str
    role: str
    client: str
    call_id: UUID | None
    is_own: bool
    reads: bool
    now: datetime

    @property
    def has_ended(self) -> bool:
        """True in a final state."""
        return has_ended(self.job)

    @property
    def percent(self) -> int | None:
        """How far it is, where the tool can know."""
        return percent(self.job)

    @property
    def progress(self) -> str:
        """How far it is, as the tool counts."""
        return progress_in_words(self.job)

    @property
    def ran_ms(self) -> float | None:
        """How long it ran, of the running until now; None where it has not begun."""
        if self.job.started_at is None:
            return None
        return max(0.0, ((self.job.ended_at or self.now) - self.job.started_at).total_seconds() * 1000)

    @property
    def waited_ms(self) -> float:
        """How long it waited for a worker, of the waiting until now."""
        until = self.job.started_at or self.job.ended_at or self.now
        return max(0.0, (until - self.job.created_at).total_seconds() * 1000)


def job_rows(asked: TenantPage, jobs: list[Job]) -> list[JobRow]:
    """The rows of a page, in the scope of the tenant. At most five queries."""
    names, calls, now = call_names(calls=jobs), calls_of_jobs(jobs=jobs), timezone.now()
    return [_row(asked, job, names, calls.get(str(job.pk)), now) for job in jobs]


def _row(asked: TenantPage, job: Job, names: CallNames, call: Call | None, now: datetime) -> JobRow:
    member = names.people.get(job.user_id) if job.user_id else None
    reads = job_shows_content(actor=asked.actor, job=job)
    said = call.client_name if call else ""
    return JobRow(
        job=job,
        words=job_words(job, outcome=call.outcome if call else "", reads=reads),
        person=person_name(names, user_id=job.user_id, service_account=job.service_account),
        role="" if member is None else member.role,
        client=client_name(names, kind=job.credential_kind, client=job.client, said=said),
        call_id=call.pk if call else None,
        is_own=job.user_id == asked.actor.user_id,
        reads=reads,
        now=now,
    )
