"""Jobs: the calls that run on workers. They move while one looks, and each keeps its place in the list."""

from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import path

from control_plane.cursors import cursor_of
from control_plane.dashboard import job_page
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.job_filters import filter_choices, job_filters
from control_plane.dashboard.job_page import require_jobs
from control_plane.dashboard.job_rows import JobRow, job_rows
from control_plane.dashboard.pages import for_the_last_time, page, show
from control_plane.dashboard.row_pages import ROWS, new_rows, new_rows_told, row_page
from tenants.abilities import Ability
from tenants.models import Job
from tenants.selectors.job_search import jobs_shown
from tenants.selectors.jobs import job_list as jobs_found

ORDER: Final = ("-created_at", "pk")
SHOWN: Final = "shown"


@page(methods=("GET",))
def job_list(asked: TenantPage) -> HttpResponse:
    """The jobs that the person may see, newest first."""
    require_jobs(asked)
    filters = job_filters(asked.request.GET)
    part = row_page(asked.request, jobs_found(actor=asked.actor, search=filters.search), ORDER)
    context = {
        "filters": filters,
        "choices": filter_choices(asked, filters.chosen),
        "part": part,
        "newest": cursor_of(part.rows[0], ORDER) if part.rows else "",
        "new": new_rows_told(asked.request),
        **_rows(asked, part.rows),
    }
    return show(asked, "dashboard/jobs/list.html", context)


@page(methods=("GET",))
def job_list_rows(asked: TenantPage) -> HttpResponse:
    """The jobs that are on the screen, as they are now."""
    require_jobs(asked)
    found = jobs_shown(actor=asked.actor, ids=_ids(asked.request.GET.getlist(SHOWN)))
    rows = _rows(asked, list(found.order_by(*ORDER)))
    part = show(asked, "dashboard/jobs/rows.html", rows)
    return part if rows["is_moving"] else for_the_last_time(part, what="#job-rows")


@page(methods=("GET",))
def job_news(asked: TenantPage) -> HttpResponse:
    """How many jobs have come since the newest that is shown: a line, or nothing."""
    require_jobs(asked)
    filters = job_filters(asked.request.GET)
    found = jobs_found(actor=asked.actor, search=filters.search)
    return show(
        asked, "dashboard/jobs/news.html", {"filters": filters, "number": new_rows(asked.request, found, ORDER)}
    )


def _rows(asked: TenantPage, jobs: list[Job]) -> dict[str, Any]:
    rows: list[JobRow] = job_rows(asked, jobs)
    shown = QueryDict(mutable=True)
    shown.setlist(SHOWN, [str(job.pk) for job in jobs])
    return {
        "jobs": rows,
        "shown": shown.urlencode(),
        "is_moving": any(not row.has_ended for row in rows),
        "sees_all": asked.may(Ability.SEE_ALL_CALLS),
    }


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:ROWS]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


urlpatterns = [
    path("jobs/", job_list, name="jobs"),
    path("jobs/news", job_news, name="job_news"),
    path("jobs/rows", job_list_rows, name="job_rows"),
    *job_page.urlpatterns,
]
