"""What an upstream offers: looked at, approved or refused, and put on servers."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.upstreams.connecting import status_mark, to_upstream
from control_plane.dashboard.upstreams.rows import changes_shown, definition_row, definition_rows
from tenants.abilities import Ability
from tenants.errors import ApplicationError, ChangedMeanwhileError, InvalidValueError, LimitReachedError, NameTakenError
from tenants.selectors.servers import server_get, server_list
from tenants.selectors.upstreams import definition_get, upstream_get
from tenants.services.upstream_approvals import definitions_approve, definitions_refuse
from tenants.services.upstream_items import upstream_items_add
from tenants.upstreams.differences import differences

SHOWN: Final = (ChangedMeanwhileError, InvalidValueError, LimitReachedError, NameTakenError)
"""What the page that they come back to says."""


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def upstream_detail(asked: TenantPage, upstream_id: UUID) -> HttpResponse:
    """How it is, what it offers, and what was decided about that."""
    upstream = upstream_get(upstream_id=upstream_id)
    groups = definition_rows(upstream)
    rows = [row for _, found in groups for row in found]
    context = {
        "upstream": upstream,
        "mark": status_mark(upstream),
        "groups": groups,
        "waiting": [row for row in rows if row.is_waiting and not row.definition.problem],
        "approved": [row for row in rows if row.is_approved],
        "servers": server_list(actor=asked.actor),
        "changes": changes_shown(upstream_id=upstream.pk),
    }
    return show(asked, "dashboard/upstreams/detail.html", context)


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def definition_page(asked: TenantPage, upstream_id: UUID, definition_id: UUID) -> HttpResponse:
    """One thing that it offers, field by field: what was approved, what is offered now, and what nobody would see."""
    upstream = upstream_get(upstream_id=upstream_id)
    definition = definition_get(upstream=upstream, definition_id=definition_id)
    row = definition_row(definition)
    before = definition.approved_definition
    is_compared = before is not None and definition.approved_digest != definition.offered_digest
    context = {
        "upstream": upstream,
        "row": row,
        "definition": definition,
        "is_compared": is_compared,
        "fields": differences(before if is_compared else None, definition.offered_definition),
        "changes": changes_shown(upstream_id=upstream.pk, definition=definition),
    }
    return show(asked, "dashboard/upstreams/definition.html", context)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def upstream_decide(asked: TenantPage, upstream_id: UUID) -> HttpResponse:
    """Approve or refuse what was chosen, as it was seen."""
    upstream = upstream_get(upstream_id=upstream_id)
    decide = definitions_approve if asked.request.POST.get("decision") == "approve" else definitions_refuse
    try:
        rows = decide(**_who(asked), upstream_id=upstream.pk, seen=_seen(asked))
    except SHOWN as error:
        return _back(asked, upstream, error)
    done = "Approved" if decide is definitions_approve else "Refused"
    messages.success(asked.request, f"{done} {rows[0].key if len(rows) == 1 else f'{len(rows)} definitions'}.")
    return to_upstream(asked, upstream)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def upstream_add(asked: TenantPage, upstream_id: UUID) -> HttpResponse:
    """Put what was chosen on a server."""
    upstream = upstream_get(upstream_id=upstream_id)
    server = server_get(slug=asked.request.POST.get("server", ""), actor=asked.actor)
    try:
        ids = [_id(value) for value in asked.request.POST.getlist("chosen")]
        added = upstream_items_add(**_who(asked), server=server, definition_ids=ids)
    except SHOWN as error:
        return _back(asked, upstream, error)
    messages.success(asked.request, f"{server.name} has {added} more. Say under Permissions who may call them.")
    return HttpResponseRedirect(f"{asked.base}servers/{server.slug}/tools/")


def _back(asked: TenantPage, upstream: Any, error: ApplicationError) -> HttpResponse:
    messages.error(asked.request, f"Nothing is changed. {error.message}")
    return to_upstream(asked, upstream)


def _seen(asked: TenantPage) -> dict[UUID, str]:
    pairs = [value.partition(":") for value in asked.request.POST.getlist("seen")]
    return {_id(number): digest for number, _, digest in pairs}


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError as error:
        raise InvalidValueError("Choose from the list.", field="definitions") from error


def _who(asked: TenantPage) -> dict[str, Any]:
    return {"tenant": asked.tenant, "actor": asked.actor}
