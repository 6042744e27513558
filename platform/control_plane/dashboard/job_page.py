"""One job: how far it is and what it says, how it ended and what came of it; cancelling it, and running it again."""

import json
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.job_rows import JobRow, job_rows
from control_plane.dashboard.pages import for_the_last_time, page, show
from control_plane.job_results import ShownResult, result_as_sent, shown_result
from mcp_runtime.contract.jobs import JobState
from tenants.abilities import Ability
from tenants.errors import ApplicationError, NotFoundError
from tenants.models import JobLine
from tenants.sealing import SealBrokenError
from tenants.selectors.job_inputs import job_questions
from tenants.selectors.job_search import job_lines_latest, job_result_for
from tenants.selectors.jobs import JobSearch, job_get, job_lines, job_list, job_result
from tenants.services.job_cancelling import job_cancel
from tenants.services.job_retrying import job_retry

MOST_LINES: Final = 200
"""Lines of the log that are on the page; all of them are in the file."""

SEVERE: Final = {"warning": "warn", "error": "bad", "critical": "bad", "alert": "bad", "emergency": "bad"}
"""Badges of the levels of a log; the others are quiet."""


def require_jobs(asked: TenantPage) -> None:
    """Raises AbilityMissingError for a role that has no jobs and sees none."""
    if not asked.may(Ability.SEE_ALL_CALLS):
        asked.actor.require(Ability.CALL_TOOLS)


@page(methods=("GET",))
def job_detail(asked: TenantPage, job_id: UUID) -> HttpResponse:
    """Everything there is to see of one job."""
    row = _row(asked, job_id)
    lines = job_lines_latest(job=row.job, most=MOST_LINES) if row.reads else []
    context = {
        **_now(asked, row),
        **_log(row, lines, after=0),
        "earlier": max(0, row.job.line_count - len(lines)) if row.reads else 0,
        "arguments": _pretty(row.job.shown_arguments) if row.reads else "",
    }
    return show(asked, "dashboard/jobs/detail.html", context)


@page(methods=("GET",))
def job_now(asked: TenantPage, job_id: UUID) -> HttpResponse:
    """What changes while it runs, alone."""
    row = _row(asked, job_id)
    part = show(asked, "dashboard/jobs/now.html", {**_now(asked, row), "is_part": True})
    return for_the_last_time(part, what="#job-now") if row.has_ended else part


@page(methods=("GET",))
def job_log(asked: TenantPage, job_id: UUID) -> HttpResponse:
    """The lines that came since the last one that is shown; for whoever does not ask by htmx, all of them as a file."""
    row = _row(asked, job_id)
    if not row.reads:
        asked.actor.require(Ability.READ_CONTENT)
    if not asked.is_fragment:
        written = "".join(f"{line.time.isoformat()} {line.level}: {line.text}\n" for line in job_lines(job=row.job))
        return _file(written.encode(), "text/plain; charset=utf-8", f"job-{row.job.pk}.log")
    after = _number(asked.request.GET.get("after"))
    lines = list(job_lines(job=row.job, after=after)[:MOST_LINES])
    part = show(asked, "dashboard/jobs/lines.html", {**_log(row, lines, after=after), "is_part": True})
    return for_the_last_time(part, what="li") if row.has_ended else part


@page(methods=("GET",))
def job_result_file(asked: TenantPage, job_id: UUID) -> HttpResponse:
    """The result as a file: the JSON that clients get, whole."""
    row = _row(asked, job_id)
    encoded = job_result_for(actor=asked.actor, job=row.job)
    return _file(result_as_sent(encoded), "application/json", f"job-{row.job.pk}.json")


@page(methods=("POST",))
def job_cancellation(asked: TenantPage, job_id: UUID) -> HttpResponse:
    """Cancel it: a waiting one ends at once, a running one is asked to stop."""
    require_jobs(asked)
    job = job_cancel(tenant=asked.tenant, actor=asked.actor, job_id=job_id)
    words = {
        JobState.CANCELLED.value: "Cancelled.",
        JobState.RUNNING.value: "Asked to stop. If it does not within ten seconds, it is ended.",
    }
    messages.success(asked.request, words.get(job.state, "It had ended already."))
    return HttpResponseRedirect(f"{asked.base}jobs/{job_id}/")


@page(Ability.CALL_TOOLS, methods=("POST",))
def job_repetition(asked: TenantPage, job_id: UUID) -> HttpResponse:
    """Run it again: a new job, to which this leads; back here with the reason where that can't be."""
    try:
        again = job_retry(tenant=asked.tenant, actor=asked.actor, job_id=job_id)
    except NotFoundError:
        raise
    except ApplicationError as error:
        messages.error(asked.request, error.message)
        return HttpResponseRedirect(f"{asked.base}jobs/{job_id}/")
    messages.success(asked.request, "Asked for again: this is the new job.")
    return HttpResponseRedirect(f"{asked.base}jobs/{again.pk}/")


def _row(asked: TenantPage, job_id: UUID) -> JobRow:
    require_jobs(asked)
    [row] = job_rows(asked, [job_get(actor=asked.actor, job_id=job_id)])
    return row


def _now(asked: TenantPage, row: JobRow) -> dict[str, Any]:
    return {
        "row": row,
        "limit_ms": row.job.timeout_seconds * 1000,
        **_shown(row),
        "questions": job_questions(job=row.job) if row.reads else [],
        "is_unknown": row.job.ending == "outcome_unknown",
        "may_cancel": not row.has_ended
        and row.job.cancel_requested_at is None
        and (row.is_own or asked.may(Ability.MANAGE_SERVERS)),
        "may_repeat": row.has_ended and row.is_own and asked.may(Ability.CALL_TOOLS),
        "repetition": job_list(actor=asked.actor, search=JobSearch(retry_of=row.job.pk)).first()
        if row.has_ended
        else None,
    }


def _shown(row: JobRow) -> dict[str, Any]:
    """The result, where it is small enough for a page."""
    if not row.reads or row.job.stored_bytes:
        return {"result": None, "is_broken": False}
    try:
        encoded = job_result(job=row.job)
    except SealBrokenError:
        return {"result": None, "is_broken": True}
    shown: ShownResult | None = None if encoded is None else shown_result(encoded)
    return {"result": shown, "is_broken": False}


def _log(row: JobRow, lines: Iterable[JobLine], *, after: int) -> dict[str, Any]:
    shown = [(line, SEVERE.get(line.level, "mute")) for line in lines]
    return {"row": row, "lines": shown, "after": shown[-1][0].number if shown else after}


def _pretty(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    except ValueError:
        return arguments


def _file(body: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=content_type, headers=headers)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


urlpatterns = [
    path("jobs/<uuid:job_id>/", job_detail, name="job"),
    path("jobs/<uuid:job_id>/now", job_now, name="job_now"),
    path("jobs/<uuid:job_id>/log", job_log, name="job_log"),
    path("jobs/<uuid:job_id>/result", job_result_file, name="job_result"),
    path("jobs/<uuid:job_id>/cancel", job_cancellation, name="job_cancel"),
    path("jobs/<uuid:job_id>/again", job_repetition, name="job_again"),
]
