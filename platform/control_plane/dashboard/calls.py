"""Calls: what was called, by whom, and how it ended. New ones are told of; one's place in the list stays."""

import json
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.urls import path

from control_plane.cursors import cursor_of
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_filters import call_filters, filter_choices
from control_plane.dashboard.call_rows import call_rows
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import new_rows, new_rows_told, row_page
from tenants.abilities import Ability
from tenants.models import Call
from tenants.selectors.call_search import calls_found, credential_page
from tenants.selectors.calls import call_get, call_shows_arguments
from tenants.selectors.job_search import job_of_call

ORDER: Final = ("-time", "pk")


@page(methods=("GET",))
def call_list(asked: TenantPage) -> HttpResponse:
    """The calls that the person may see, newest first."""
    _require(asked)
    filters = call_filters(asked.request.GET)
    part = row_page(asked.request, calls_found(actor=asked.actor, search=filters.search), ORDER)
    context = {
        "filters": filters,
        "here": asked.request.GET.urlencode(),
        "choices": filter_choices(asked, filters.chosen),
        "part": part,
        "calls": call_rows(part.rows),
        "newest": cursor_of(part.rows[0], ORDER) if part.rows else "",
        "new": new_rows_told(asked.request),
        "sees_all": asked.may(Ability.SEE_ALL_CALLS),
    }
    return show(asked, "dashboard/calls/list.html", context)


@page(methods=("GET",))
def call_news(asked: TenantPage) -> HttpResponse:
    """How many calls have come since the newest that is shown: a line, or nothing."""
    _require(asked)
    filters = call_filters(asked.request.GET)
    found = calls_found(actor=asked.actor, search=filters.search)
    return show(
        asked, "dashboard/calls/news.html", {"filters": filters, "number": new_rows(asked.request, found, ORDER)}
    )


@page(methods=("GET",))
def call_detail(asked: TenantPage, call_id: UUID) -> HttpResponse:
    """Everything that was recorded of one call, beside the list or on a page of its own."""
    _require(asked)
    call = call_get(actor=asked.actor, call_id=call_id)
    (row,) = call_rows([call])
    context = {
        "row": row,
        "credential": credential_page(actor=asked.actor, call=call),
        "job": job_of_call(actor=asked.actor, call=call),
        "here": asked.request.GET.urlencode(),
        **_arguments(asked, call),
    }
    return show(asked, "dashboard/calls/drawer.html" if asked.is_fragment else "dashboard/calls/detail.html", context)


def _require(asked: TenantPage) -> None:
    if not asked.may(Ability.SEE_ALL_CALLS):
        asked.actor.require(Ability.CALL_TOOLS)


def _arguments(asked: TenantPage, call: Call) -> dict[str, Any]:
    if not call_shows_arguments(actor=asked.actor, call=call):
        return {"may_read": False, "arguments": ""}
    try:
        shown = json.dumps(json.loads(call.arguments), indent=2, ensure_ascii=False)
    except ValueError:
        shown = call.arguments
    return {"may_read": True, "arguments": shown}


urlpatterns = [
    path("calls/", call_list, name="calls"),
    path("calls/news", call_news, name="call_news"),
    path("calls/<uuid:call_id>/", call_detail, name="call"),
]
