"""Tenants as the operator sees them: how much there is, their plan, and whether they serve."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from control_plane.dashboard.outcome_words import outcome_words
from control_plane.dashboard.plan_rows import plan_rows, used_of_plan
from control_plane.dashboard.row_pages import RowPage
from control_plane.operator_pages.asking import OperatorPage, operator_page, show
from control_plane.operator_pages.plan_form import PlanForm
from tenants.actor import PLATFORM
from tenants.models import Tenant
from tenants.models.tenant import TenantStatus
from tenants.scope import tenant_scope
from tenants.selectors.operator_overview import tenant_for_operator, tenant_inside, tenants_found
from tenants.services.tenants import tenant_resume, tenant_suspend

ROWS: Final = 50
OVERVIEW: Final = "/operator/overview/"


@operator_page()
def overview(asked: OperatorPage) -> HttpResponse:
    """All tenants, by slug."""
    query = asked.request.GET
    search, status = query.get("q", "").replace("\x00", "").strip()[:200], query.get("status", "")
    status = status if status in TenantStatus.values else ""
    after = query.get("after", "").replace("\x00", "")[:63]
    found = tenants_found(search=search, status=status, after=after, most=ROWS + 1, now=timezone.now())
    context = {"search": search, "status": status, "part": _part(found, search, status, after)}
    return show(asked, "operator/overview.html", context)


@operator_page(methods=("GET", "POST"))
def tenant(asked: OperatorPage, tenant: str) -> HttpResponse:
    """One tenant, and its plan to change."""
    numbers = tenant_for_operator(slug=tenant, now=timezone.now())
    form = PlanForm(asked.request.POST if asked.is_posted else None, tenant=numbers.tenant)
    if asked.is_posted and form.is_valid() and form.save() is not None:
        messages.success(asked.request, "Saved. The new limits count within seconds.")
        return HttpResponseRedirect(_url(numbers.tenant))
    inside, now = tenant_inside(tenant=numbers.tenant), timezone.now()
    with tenant_scope(numbers.tenant):
        plan = plan_rows(numbers.tenant.limits, used_of_plan(numbers.tenant, now))
    servers = {server.pk: server for server in inside.servers}
    context = {
        "numbers": numbers,
        "form": form,
        "lines": form.lines(plan),
        "inside": inside,
        "refusals": [(call, servers.get(call.server_id), outcome_words(call, now)) for call in inside.refusals],
    }
    return show(asked, "operator/tenant.html", context, status=422 if form.errors else 200)


@operator_page(methods=("POST",))
def suspend(asked: OperatorPage, tenant: str) -> HttpResponse:
    """Nothing of the tenant serves any more."""
    found = tenant_for_operator(slug=tenant, now=timezone.now()).tenant
    tenant_suspend(tenant=found, actor=PLATFORM)
    messages.success(asked.request, f"{found.name} is suspended: nothing of it serves within seconds.")
    return HttpResponseRedirect(_url(found))


@operator_page(methods=("POST",))
def resume(asked: OperatorPage, tenant: str) -> HttpResponse:
    """It serves again."""
    found = tenant_for_operator(slug=tenant, now=timezone.now()).tenant
    tenant_resume(tenant=found, actor=PLATFORM)
    messages.success(asked.request, f"{found.name} serves again.")
    return HttpResponseRedirect(_url(found))


def _part(found: list[Any], search: str, status: str, after: str) -> RowPage:
    chosen = {name: value for name, value in (("q", search), ("status", status)) if value}
    rows = found[:ROWS]
    following = {**chosen, "after": rows[-1].tenant.slug} if len(found) > ROWS else {}
    return RowPage(
        rows,
        previous_url=f"{OVERVIEW}?{urlencode(chosen)}" if after else "",
        next_url=f"{OVERVIEW}?{urlencode(following)}" if following else "",
    )


def _url(found: Tenant) -> str:
    return f"{OVERVIEW}{found.slug}/"
