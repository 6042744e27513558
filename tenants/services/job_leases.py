"""Holding a job: a worker that still does renews its lease, reports, and hears whether it should stop."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, CharField, F, Field, FloatField, Q, Value, When
from django.utils import timezone

from mcp_runtime.redaction import redact_text
from tenants.models import Job, JobLine
from tenants.publishing.live import JOBS, live_changed
from tenants.scope import tenant_scope
from tenants.selectors.job_inputs import COLUMN, job_inputs
from tenants.selectors.job_standing import Withdrawn, job_standing
from tenants.services.job_claiming import LEASE, ClaimedJob
from tenants.services.job_permission import job_permission

MOST_LINES: Final = 1_000
MESSAGE_LENGTH: Final = 1_000
LINE_LENGTH: Final = 4_000

_FIELDS: Final[dict[str, "Field[Any, Any]"]] = {
    "progress": FloatField(),
    "progress_total": FloatField(),
    "message": CharField(),
}


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is; `total` is None where the tool does not know it."""

    progress: float
    total: float | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class JobLineText:
    """One line for a job's log. `level` is one of MCP's."""

    time: datetime
    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Renewal:
    """Whether the job is still this worker's. `cancel` is why it should stop, or empty; `withdrawn` is True where the
    permission is gone. `answers` are those to the questions of the job, by their keys, where they were asked for."""

    held: bool
    cancel: str = ""
    withdrawn: bool = False
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)


def job_renew(
    *,
    claimed: ClaimedJob,
    progress: JobProgress | None = None,
    lines: Sequence[JobLineText] = (),
    with_answers: bool = False,
) -> Renewal:
    """Hold the job for another lease, write down what its tool has said since, and read the answers to what it asks.

    Progress that is not above what the job has reached before is left out. Where the job is not held any more, nothing
    is written. Two statements; three with lines.
    """
    now = timezone.now()
    with tenant_scope(UUID(claimed.tenant_id)):
        mine = Job.objects.filter(pk=claimed.job_id, fencing_token=claimed.fencing_token, state="running")
        changes = {"lease_expires_at": now + LEASE, "updated_at": now, **_rise(progress)}
        if lines:
            changes["line_count"] = F("line_count") + len(lines)
        if not mine.update(**changes):
            return Renewal(held=False)
        large = (COLUMN,) if with_answers else ()
        job = job_standing(which="job.id = %s", parameters=[UUID(claimed.job_id)], large=large)
        if job is None:
            return Renewal(held=False)
        job_lines_keep(job=job, lines=lines)
        if progress is not None or lines:
            live_changed(tenant_id=job.tenant_id, name=JOBS)
        cancel = job.cancel_reason if job.cancel_requested_at is not None else ""
        withdrawn = isinstance(job_permission(job), Withdrawn)
        return Renewal(True, cancel, withdrawn, _answers(job) if with_answers else {})


def _answers(job: Job) -> dict[str, dict[str, Any]]:
    found = ((key, each.answer) for key, each in job_inputs(job=job).items())
    return {key: answer for key, answer in found if answer is not None}


def job_lines_keep(*, job: Job, lines: Sequence[JobLineText]) -> None:
    """Write the lines that `line_count` of the row has been raised by, as far as they are kept."""
    first = job.line_count - len(lines) + 1
    numbered = [(number, line) for number, line in enumerate(lines, start=first) if number <= MOST_LINES + 1]
    JobLine.objects.bulk_create(
        JobLine(tenant_id=job.tenant_id, job_id=job.pk, number=number, time=line.time, level=level, text=text)
        for number, line in numbered
        for level, text in [_shown(number, line)]
    )


def _shown(number: int, line: JobLineText) -> tuple[str, str]:
    if number > MOST_LINES:
        return "notice", f"{MOST_LINES:,} lines are kept of a job. There were more."
    return line.level[:16], _clean(line.text, LINE_LENGTH)


def progress_columns(job: Job, progress: JobProgress | None) -> dict[str, Any]:
    """What is to be written of it into the row of a job that nobody else writes to, and that is as `job` says."""
    if progress is None or (job.progress is not None and progress.progress <= job.progress):
        return {}
    return _columns(progress)


def _columns(progress: JobProgress) -> dict[str, Any]:
    message = _clean(progress.message or "", MESSAGE_LENGTH)
    return {"progress": progress.progress, "progress_total": progress.total, "message": message}


def _rise(progress: JobProgress | None) -> dict[str, Any]:
    """What is to change for progress that is above the row's: `Case` keeps the columns of a row that is further."""
    if progress is None:
        return {}
    rises = Q(progress__isnull=True) | Q(progress__lt=progress.progress)
    return {
        name: Case(When(rises, then=Value(value, output_field=_FIELDS[name])), default=F(name))
        for name, value in _columns(progress).items()
    }


def _clean(text: str, longest: int) -> str:
    """As it may be kept in clear: without what looks like a credential."""
    return redact_text(text.replace("\x00", ""))[:longest]  # PostgreSQL has no NUL in text
