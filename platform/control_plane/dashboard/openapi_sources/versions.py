"""Looking for changes: another version of a document, what it changes, and applying or dismissing it."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.openapi_sources.giving import Given, given_ahead
from control_plane.dashboard.openapi_sources.sources import source_context, source_of, source_url, which
from control_plane.dashboard.pages import page, show
from tenants.abilities import Ability
from tenants.errors import InvalidValueError, LimitReachedError
from tenants.models import OpenApiSource
from tenants.selectors.openapi_changes import source_changes
from tenants.selectors.openapi_sources import openapi_import, openapi_import_pending
from tenants.services.openapi_versions import openapi_version_apply, openapi_version_dismiss, openapi_version_look

MOST_SHOWN: Final = 200


@page(Ability.MANAGE_SERVERS, ahead=given_ahead)
def version_detail(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """What the version that was looked at changes; else the form that asks for one."""
    source = source_of(asked, server, source_id)
    given: Given = asked.ahead
    if given.document is not None:
        is_other = given.form.ask(openapi_version_look, **which(asked, source), document=given.document)
        if is_other is not None:
            if not is_other:
                messages.success(asked.request, f"{source.title} has not changed.")
            return HttpResponseRedirect(f"{source_url(asked, source)}{'version' if is_other else ''}")
    context = {**source_context(asked, source), "form": given.form, **_changes(source)}
    return show(asked, "dashboard/openapi/version.html", context, status=422 if given.form.errors else 200)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def version_apply(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """From now on, its tools are of the other version."""
    source = source_of(asked, server, source_id)
    sent = asked.request.POST
    try:
        applied = openapi_version_apply(
            **which(asked, source),
            digest=sent.get("digest", ""),
            add=sent.getlist("operations"),
            remove_gone=sent.get("gone") == "remove",
        )
    except (InvalidValueError, LimitReachedError) as error:
        messages.error(asked.request, f"Nothing is changed. {error.message}")
        return HttpResponseRedirect(f"{source_url(asked, source)}version")
    counts = (("changed", applied.changed), ("removed", applied.removed), ("added", applied.added))
    said = ", ".join(f"{len(tools)} {word}" for word, tools in counts if tools)
    messages.success(asked.request, f"The new version is in use: {said or 'no tool is concerned'}.")
    return HttpResponseRedirect(source_url(asked, source))


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def version_dismiss(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """Forget it; nothing changes."""
    source = source_of(asked, server, source_id)
    openapi_version_dismiss(**which(asked, source))
    messages.success(asked.request, "Nothing is changed.")
    return HttpResponseRedirect(source_url(asked, source))


def _changes(source: OpenApiSource) -> dict[str, Any]:
    if not source.pending_digest:
        return {"changes": None}
    changes = source_changes(source=source, before=openapi_import(source), after=openapi_import_pending(source))
    shown = replace(changes, added=changes.added[:MOST_SHOWN])
    return {"changes": shown, "more": len(changes.added) - len(shown.added)}
