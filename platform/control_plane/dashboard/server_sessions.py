"""What clients have open on a server just now, by those whose it is and by admins; and ending it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import pluralize
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.filtering import Choices, chosen_in, query_of, with_chosen
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import ROWS, RowPage
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.dashboard.session_rows import OpenRow, open_rows
from control_plane.listed_parts import listed_part
from tenants.abilities import Ability
from tenants.errors import InvalidValueError, NotFoundError, UnavailableError
from tenants.models import Server
from tenants.publishing.open_sessions import OpenSession, OpenStream
from tenants.selectors.call_search import is_uuid
from tenants.selectors.members import member_list
from tenants.services.open_sessions import (
    gone,
    open_things_seen,
    open_things_seen_end,
    server_of_open_thing,
    session_end,
    stream_close,
)

TAB: Final = "Sessions"
LISTS: Final = {"sessions": "after", "streams": "streams-after"}
"""The lists of the page, each with what its place is called in the URL."""


@page(Ability.CALL_TOOLS, methods=("GET",))
def session_list(asked: TenantPage, server: str) -> HttpResponse:
    """One's own, or everybody's for owner and admin."""
    found = server_of(asked, server)
    context = {**server_context(asked, found, TAB), **_now(asked, found), "people": _people(asked)}
    return show(asked, "dashboard/sessions/list.html", context)


@page(Ability.CALL_TOOLS, methods=("GET",))
def session_list_now(asked: TenantPage, server: str) -> HttpResponse:
    """The lists alone, as they are now."""
    found = server_of(asked, server)
    base = {"server": found, "server_base": f"{asked.base}servers/{found.slug}/"}
    return show(asked, "dashboard/sessions/now.html", {**base, **_now(asked, found)})


@page(Ability.CALL_TOOLS, methods=("GET",))
def session_detail(asked: TenantPage, server: str, session_id: str) -> HttpResponse:
    """One session, and what is open in it."""
    found = server_of_open_thing(actor=asked.actor, slug=server)
    return _detail(asked, found, open_things_seen(actor=asked.actor, server=found).sessions, session_id)


@page(Ability.CALL_TOOLS, methods=("GET",))
def stream_detail(asked: TenantPage, server: str, stream_id: str) -> HttpResponse:
    """One stream that is in no session."""
    found = server_of_open_thing(actor=asked.actor, slug=server)
    return _detail(asked, found, open_things_seen(actor=asked.actor, server=found).streams, stream_id)


@page(Ability.CALL_TOOLS, methods=("POST",))
def session_ending(asked: TenantPage, server: str, session_id: str) -> HttpResponse:
    """The session is over, on every replica."""
    found = server_of_open_thing(actor=asked.actor, slug=server)
    session_end(tenant=asked.tenant, actor=asked.actor, server=found, session_id=session_id)
    messages.success(asked.request, "The session has ended, with all that was open in it.")
    return HttpResponseRedirect(_base(asked, found))


@page(Ability.CALL_TOOLS, methods=("POST",))
def stream_closing(asked: TenantPage, server: str, stream_id: str) -> HttpResponse:
    """The stream is closed, and its call cancelled."""
    found = server_of_open_thing(actor=asked.actor, slug=server)
    stream_close(tenant=asked.tenant, actor=asked.actor, server=found, stream_id=stream_id)
    messages.success(asked.request, "The stream is closed.")
    return HttpResponseRedirect(_base(asked, found))


@page(Ability.CALL_TOOLS, methods=("POST",))
def everything_ending(asked: TenantPage, server: str) -> HttpResponse:
    """All that the person sees, or all of one person."""
    found, chosen = server_of(asked, server), asked.request.POST.get("person", "")
    if chosen and not is_uuid(chosen):  # it must not stand for everybody
        raise NotFoundError("There is no such person.")
    user_id = UUID(chosen) if chosen else None
    ended = open_things_seen_end(tenant=asked.tenant, actor=asked.actor, server=found, user_id=user_id)
    sessions, streams = len(ended.sessions), len(ended.streams)
    words = f"{sessions} session{pluralize(sessions)} and {streams} stream{pluralize(streams)} ended."
    messages.success(asked.request, words if ended.ids else "Nothing was open any more.")
    return HttpResponseRedirect(_base(asked, found))


def _now(asked: TenantPage, server: Server) -> dict[str, Any]:
    """What is open; or that nobody can tell."""
    chosen = chosen_in(asked.request.GET, ("person", *LISTS.values()))
    person = chosen.get("person", "")
    context: dict[str, Any] = {
        "person": person,
        "query": query_of(chosen),
        "sees_all": asked.may(Ability.MANAGE_MEMBERS),
    }
    user_id = UUID(person) if is_uuid(person) else None
    try:
        seen = open_things_seen(actor=asked.actor, server=server, user_id=user_id)
    except UnavailableError as error:
        return {**context, "problem": error.message}
    return {
        **context,
        "number": len(seen.ids),
        "sessions": _part(asked, server, "sessions", seen.sessions, chosen),
        "streams": _part(asked, server, "streams", seen.streams, chosen),
    }


def _part(
    asked: TenantPage, server: Server, name: str, things: Sequence[OpenSession | OpenStream], chosen: dict[str, str]
) -> RowPage:
    parameter = LISTS[name]
    cursor = chosen.get(parameter)
    try:
        part, following = listed_part(things, cursor=cursor, limit=ROWS)
    except InvalidValueError:
        cursor = None
        part, following = listed_part(things, cursor=None, limit=ROWS)
    others = {key: value for key, value in chosen.items() if key != parameter}
    base = _base(asked, server)
    return RowPage(
        open_rows(asked, server.pk, part),
        previous_url=f"{base}?{query_of(others)}" if cursor else "",
        next_url=f"{base}?{query_of({**others, parameter: following})}" if following else "",
    )


def _detail(
    asked: TenantPage, server: Server, things: Sequence[OpenSession | OpenStream], thing_id: str
) -> HttpResponse:
    chosen = [thing for thing in things if thing.id == thing_id]
    if not chosen:
        raise gone()
    row: OpenRow = open_rows(asked, server.pk, chosen)[0]
    is_session = isinstance(row.thing, OpenSession)
    context = {
        **server_context(asked, server, TAB),
        "row": row,
        "is_session": is_session,
        "end_url": f"{_base(asked, server)}{row.thing.id}/end"
        if is_session
        else f"{asked.base}servers/{server.slug}/streams/{row.thing.id}/close",
    }
    return show(asked, "dashboard/sessions/detail.html", context)


def _people(asked: TenantPage) -> Choices:
    """Whom the list can be narrowed to. At most one query."""
    if not asked.may(Ability.MANAGE_MEMBERS):
        return []
    members = [(str(each.user_id), each.user.name or each.user.email) for each in member_list()]
    return with_chosen(members, asked.request.GET.get("person"))


def _base(asked: TenantPage, server: Server) -> str:
    return f"{asked.base}servers/{server.slug}/sessions/"


_SERVER: Final = "servers/<label:server>/"
urlpatterns = [
    path(f"{_SERVER}sessions/", session_list, name="server_sessions"),
    path(f"{_SERVER}sessions/end", everything_ending, name="server_sessions_end"),
    path(f"{_SERVER}sessions/now", session_list_now, name="server_sessions_now"),
    path(f"{_SERVER}sessions/<session:session_id>/", session_detail, name="server_session"),
    path(f"{_SERVER}sessions/<session:session_id>/end", session_ending, name="server_session_end"),
    path(f"{_SERVER}streams/<stream:stream_id>/", stream_detail, name="server_stream"),
    path(f"{_SERVER}streams/<stream:stream_id>/close", stream_closing, name="server_stream_close"),
]
