"""Changing a server: what it says of itself, its place in the URL, whether it serves, and its end."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.dashboard.servers.forms import ServerDeletionForm, ServerSettingsForm, ServerSlugForm
from tenants.abilities import Ability
from tenants.models import Server
from tenants.selectors.server_overviews import Dependents, server_dependents
from tenants.selectors.servers import server_tool_list
from tenants.services.servers import server_delete, server_rename, server_resume, server_suspend


@page(Ability.MANAGE_SERVERS)
def server_settings(asked: TenantPage, server: str) -> HttpResponse:
    """Everything that can be changed, and a form for the harmless part."""
    found = server_of(asked, server)
    form = ServerSettingsForm(asked.request.POST) if asked.is_posted else ServerSettingsForm.of(found)
    if asked.is_posted and form.is_valid() and form.save(**_which(asked, found)) is not None:
        messages.success(asked.request, "Saved. Clients see it within seconds.")
        return HttpResponseRedirect(asked.request.path)
    return _settings(asked, found, {"form": form})


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def server_slug(asked: TenantPage, server: str) -> HttpResponse:
    """Move the server to another URL."""
    found = server_of(asked, server)
    form = ServerSlugForm(asked.request.POST)
    if form.is_valid():
        moved = form.ask(server_rename, **_which(asked, found), slug=form.cleaned_data["slug"])
        if moved is not None:
            messages.success(asked.request, f"{moved.name} has a new URL. Give it to whoever connects.")
            return HttpResponseRedirect(f"{asked.base}servers/{moved.slug}/settings/")
    return _settings(asked, found, {"slug_form": form})


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def server_suspend_page(asked: TenantPage, server: str) -> HttpResponse:
    """Let it serve nobody."""
    found = server_suspend(**_which(asked, server_of(asked, server)))
    messages.success(asked.request, f"{found.name} is suspended: within seconds it serves nobody.")
    return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/settings/")


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def server_resume_page(asked: TenantPage, server: str) -> HttpResponse:
    """Let it serve again."""
    found = server_resume(**_which(asked, server_of(asked, server)))
    messages.success(asked.request, f"{found.name} serves again.")
    return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/settings/")


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def server_delete_page(asked: TenantPage, server: str) -> HttpResponse:
    """Remove it, once its name is typed."""
    found = server_of(asked, server)
    form = ServerDeletionForm(asked.request.POST, slug=found.slug)
    if form.is_valid():
        server_delete(**_which(asked, found))
        messages.success(asked.request, f"Deleted {found.name}.")
        return HttpResponseRedirect(f"{asked.base}servers/")
    return _settings(asked, found, {"deletion_form": form})


def _settings(asked: TenantPage, server: Server, posted: dict[str, Any]) -> HttpResponse:
    dependents = server_dependents(server=server)
    context = {
        **server_context(asked, server, "Settings"),
        "form": ServerSettingsForm.of(server),
        "slug_form": ServerSlugForm(initial={"slug": server.slug}),
        "deletion_form": ServerDeletionForm(slug=server.slug),
        "dependents": dependents,
        "dependents_in_words": in_words(dependents),
        "tools": server_tool_list(server=server).count(),
        **posted,
    }
    return show(asked, "dashboard/servers/settings.html", context, status=422 if posted and asked.is_posted else 200)


def in_words(dependents: Dependents) -> str:
    """Who would notice, in sentences."""
    clients, people, alone = dependents.connections, dependents.people, dependents.keys_for_it_alone
    cut_off = [
        f"{_count(clients, 'connected client')} of {_count(people, 'person', 'people')}" if clients else "",
        f"{_count(alone, 'API key')} made for it alone" if alone else "",
    ]
    named = " and ".join(part for part in cut_off if part)
    others = dependents.keys_for_others_too
    reach = f"{_count(others, 'key')} for other servers too will not reach it." if others else ""
    return " ".join(filter(None, [f"{named} stop working." if named else "No client is connected to it.", reach]))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _which(asked: TenantPage, server: Server) -> dict[str, Any]:
    return {"tenant": asked.tenant, "actor": asked.actor, "server": server}
