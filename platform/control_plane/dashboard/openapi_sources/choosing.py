"""A document's operations: found by words and tags, and chosen to become tools.

One form does all of it, so that what is chosen stays chosen while one searches and turns pages, scripts or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.openapi_sources.sources import source_context, source_of, which
from control_plane.dashboard.pages import page, show
from control_plane.openapi_documents import address_problem
from tenants.abilities import Ability
from tenants.models import OpenApiSource, ServerTool
from tenants.openapi.operations import OpenApiImport
from tenants.openapi.searching import outlines_found, tags_counted
from tenants.selectors.openapi_operations import operations_shown, secrets_missing
from tenants.selectors.openapi_sources import openapi_import
from tenants.services.openapi_import import openapi_tools_create

ROWS: Final = 50
MOST_CHOSEN: Final = 500


@dataclass(frozen=True, slots=True)
class Choice:
    """What the form says: what is looked for, which part of it, and what is chosen."""

    text: str
    tag: str
    part: int
    chosen: tuple[str, ...]
    adds: bool
    background: bool

    @classmethod
    def of(cls, sent: QueryDict) -> "Choice":
        """As it was sent. A button says what is to be done: search, turn to a part, or add."""
        done, _, number = sent.get("do", "").partition(":")
        part = int(number) if done == "part" and number.isdecimal() and len(number) < 5 else 0
        return cls(
            text=sent.get("q", "")[:200],
            tag=sent.get("tag", "")[:200],
            part=part,
            chosen=tuple(dict.fromkeys(sent.getlist("operations")))[:MOST_CHOSEN],
            adds=done == "add",
            background=sent.get("background") == "on",
        )


@page(Ability.MANAGE_SERVERS)
def source_detail(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """Its operations, so many at a time."""
    source = source_of(asked, server, source_id)
    choice = Choice.of(asked.request.POST if asked.is_posted else asked.request.GET)
    form = PageForm({} if asked.is_posted else None)
    if asked.is_posted and choice.adds and form.is_valid():
        added = form.ask(
            openapi_tools_create,
            **which(asked, source),
            operations=choice.chosen,
            background=choice.background,
        )
        if added is not None:
            messages.success(asked.request, _words(added))
            return HttpResponseRedirect(asked.request.path + _query(choice))
    reading = openapi_import(source)
    context = {
        **source_context(asked, source),
        **_shown(source, reading, choice),
        **_needs(reading, source),
        "form": form,
    }
    return show(asked, "dashboard/openapi/detail.html", context, status=422 if form.errors else 200)


def _shown(source: OpenApiSource, reading: OpenApiImport, choice: Choice) -> dict[str, Any]:
    every = reading.outlines()
    found = outlines_found(every, text=choice.text, tag=choice.tag)
    parts = max(-(-len(found) // ROWS), 1)
    part = min(choice.part, parts - 1)
    here = found[part * ROWS : (part + 1) * ROWS]
    shown = {each.key for each in here}
    known = {each.key for each in every}
    rows = operations_shown(server=source.server, source=source, reading=reading, outlines=here)
    return {
        "operations": [(row, row.outline.key in choice.chosen) for row in rows],
        "tags": tags_counted(every),
        "choice": choice,
        "found": len(found),
        "total": len(every),
        "first": part * ROWS + 1,
        "last": part * ROWS + len(here),
        "previous": part - 1 if part else None,
        "next": part + 1 if part + 1 < parts else None,
        "kept": [key for key in choice.chosen if key not in shown and key in known],
    }


def _needs(reading: OpenApiImport, source: OpenApiSource) -> dict[str, Any]:
    schemes = reading.schemes()
    names = [scheme.secret.name for scheme in schemes if scheme.secret is not None]
    return {
        "schemes": schemes,
        "missing": secrets_missing(names),
        "address_problem": address_problem(source.base_url) if source.base_url else "",
    }


def _query(choice: Choice) -> str:
    said = {name: value for name, value in (("q", choice.text), ("tag", choice.tag)) if value}
    return f"?{urlencode(said)}" if said else ""


def _words(added: Iterable[ServerTool]) -> str:
    names = [tool.name for tool in added]
    if not names:
        return "All of them are tools of this server already."
    said = names[0] if len(names) == 1 else f"{len(names)} tools"
    return f"Added {said}. Owners and admins can call them; grant them to others under Permissions."
