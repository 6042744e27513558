"""Upstreams of the tenant: list, connect, change, read again, disconnect."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import row_page
from control_plane.dashboard.upstreams.forms import ConnectForm, UpstreamForm
from control_plane.dashboard.upstreams.rows import changes_shown
from tenants.abilities import Ability
from tenants.errors import UnavailableError
from tenants.models import Upstream
from tenants.models.upstream import UpstreamStatus
from tenants.selectors.upstreams import upstream_get, upstream_list
from tenants.services.upstream_reading import upstream_read_now, upstream_read_soon
from tenants.services.upstreams import upstream_create, upstream_delete, upstream_update

ORDER: Final = ("prefix",)
EXAMPLE: Final = '{"prefix": "tracker", "name": "Tracker", "url": "https://mcp.example.com/mcp"}'
STATUS_WORDS: Final = {
    UpstreamStatus.UNREAD: ("mute", "not read yet"),
    UpstreamStatus.OK: ("ok", "reached"),
    UpstreamStatus.STALE: ("warn", "stale"),
    UpstreamStatus.FAILING: ("bad", "failing"),
}


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def upstream_list_page(asked: TenantPage) -> HttpResponse:
    """The tenant's upstreams, and how each is."""
    part = row_page(asked.request, upstream_list(), ORDER)
    context = {
        "part": part,
        "rows": [(upstream, status_mark(upstream)) for upstream in part.rows],
        "upstreams_url": f"{settings.PUBLIC_URL}/api/v1/tenants/{asked.tenant.slug}/upstreams",
        "example": EXAMPLE,
        "changes": changes_shown(),
    }
    return show(asked, "dashboard/upstreams/list.html", context)


@page(Ability.MANAGE_SERVERS)
def upstream_new(asked: TenantPage) -> HttpResponse:
    """The form of a new one. It is asked for what it offers before the next page is shown."""
    form = ConnectForm(asked.request.POST if asked.is_posted else None)
    if asked.is_posted and form.is_valid():
        made = form.ask(upstream_create, **_who(asked), **form.cleaned_data)
        if made is not None:
            upstream_read_soon(**_who(asked), upstream_id=made.pk)
            return to_upstream(asked, made)
    return show(asked, "dashboard/upstreams/new.html", {"form": form}, status=422 if form.errors else 200)


@page(Ability.MANAGE_SERVERS)
def upstream_settings(asked: TenantPage, upstream_id: UUID) -> HttpResponse:
    """How it is reached."""
    upstream = upstream_get(upstream_id=upstream_id)
    now = {field: getattr(upstream, field) for field in UpstreamForm.base_fields}
    form = UpstreamForm(asked.request.POST if asked.is_posted else None, initial=now)
    if asked.is_posted and form.is_valid():
        changed = form.ask(upstream_update, **_who(asked), upstream_id=upstream.pk, **form.cleaned_data)
        if changed is not None:
            upstream_read_soon(**_who(asked), upstream_id=upstream.pk)
            messages.success(asked.request, "Saved.")
            return to_upstream(asked, upstream)
    context = {"upstream": upstream, "form": form}
    return show(asked, "dashboard/upstreams/settings.html", context, status=422 if form.errors else 200)


def _read(asked: TenantPage, upstream_id: UUID) -> str:
    """Why it was not asked, or nothing."""
    if not asked.is_posted:
        return ""
    try:
        upstream_read_now(**_who(asked), upstream_id=upstream_id)
    except UnavailableError as error:
        return error.message
    return ""


@page(Ability.MANAGE_SERVERS, methods=("POST",), ahead=_read)
def upstream_read_page(asked: TenantPage, upstream_id: UUID) -> HttpResponse:
    """Read again, now."""
    upstream = upstream_get(upstream_id=upstream_id)
    if asked.ahead:
        messages.info(asked.request, asked.ahead)
    elif upstream.status == UpstreamStatus.OK:
        messages.success(asked.request, f"Read what {upstream.name} offers.")
    else:
        messages.error(asked.request, f"{upstream.name} could not be read. {upstream.reason_text}")
    return to_upstream(asked, upstream)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def upstream_delete_page(asked: TenantPage, upstream_id: UUID) -> HttpResponse:
    """Disconnect it, with everything of it on servers."""
    upstream = upstream_get(upstream_id=upstream_id)
    upstream_delete(**_who(asked), upstream_id=upstream.pk)
    messages.success(asked.request, f"Disconnected {upstream.name}.")
    return HttpResponseRedirect(f"{asked.base}upstreams/")


def status_mark(upstream: Upstream) -> tuple[str, str]:
    """The kind of a badge, and its words."""
    return STATUS_WORDS[UpstreamStatus(upstream.status)]


def to_upstream(asked: TenantPage, upstream: Upstream) -> HttpResponse:
    """To its page."""
    return HttpResponseRedirect(f"{asked.base}upstreams/{upstream.pk}/")


def _who(asked: TenantPage) -> dict[str, Any]:
    return {"tenant": asked.tenant, "actor": asked.actor}
