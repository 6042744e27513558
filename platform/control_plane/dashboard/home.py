"""Home: the last day in numbers, the way to the first call, and the latest calls. All of it changes by itself."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_rows import recent_calls
from control_plane.dashboard.first_call_steps import first_call_steps
from control_plane.dashboard.home_numbers import numbers
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_url
from tenants.abilities import Ability
from tenants.publishing.day_count import calls_of_day
from tenants.selectors.call_search import CallSearch
from tenants.selectors.first_call import FirstCall, first_call
from tenants.selectors.job_search import jobs_unended
from tenants.selectors.usage import usage_since

DAY: Final = timedelta(days=1)
DISMISSED: Final = "first_call_dismissed"
"""In the session: the tenants (slugs) whose checklist the person has put away."""


@page(methods=("GET",))
def home(asked: TenantPage) -> HttpResponse:
    """The whole page. Auditors see numbers and calls; they have no first call to make."""
    standing = first_call(actor=asked.actor)
    is_shown = _may_call(asked) and not standing.is_done and asked.tenant.slug not in _dismissed(asked)
    return show(asked, "dashboard/home/home.html", {**_now(asked, standing, is_shown=is_shown)})


@page(methods=("GET",))
def home_now(asked: TenantPage) -> HttpResponse:
    """What changes, alone. A checklist that is on the screen stays there while it turns green."""
    is_shown = _may_call(asked) and asked.request.GET.get("checklist") == "1"
    standing = first_call(actor=asked.actor)
    return show(asked, "dashboard/home/now.html", _now(asked, standing, is_shown=is_shown))


@page(methods=("POST",))
def first_call_dismiss(asked: TenantPage) -> HttpResponse:
    """Put the checklist away until one signs in again."""
    asked.request.session[DISMISSED] = sorted({*_dismissed(asked), asked.tenant.slug})
    return HttpResponseRedirect(asked.base)


def _now(asked: TenantPage, standing: FirstCall, *, is_shown: bool) -> dict[str, Any]:
    now = timezone.now()
    most, used = asked.tenant.limits.calls_per_day, calls_of_day(tenant_id=asked.tenant.pk, now=now)
    sees_all = asked.may(Ability.SEE_ALL_CALLS)
    return {
        "numbers": numbers(
            usage_since(actor=asked.actor, since=now - DAY),
            most=most,
            left=None if used is None else max(most - used, 0),
            is_own=not sees_all,
        ),
        "first_call": standing,
        "steps": first_call_steps(asked, standing) if is_shown else [],
        "calls": recent_calls(asked, CallSearch()),
        "jobs": jobs_unended(actor=asked.actor),
        "sees_all": sees_all,
        "server_url": server_url(asked.tenant, standing.server) if standing.server else "",
        "may_make_servers": asked.may(Ability.MANAGE_SERVERS),
    }


def _may_call(asked: TenantPage) -> bool:
    return asked.may(Ability.CALL_TOOLS)


def _dismissed(asked: TenantPage) -> list[str]:
    found: list[str] = asked.request.session.get(DISMISSED, [])
    return found


urlpatterns = [
    path("", home, name="home"),
    path("home/now", home_now, name="home_now"),
    path("home/first-call/dismiss", first_call_dismiss, name="first_call_dismiss"),
]
