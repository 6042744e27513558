"""OAuth clients that the tenant sets up itself: list, make, change, give another secret, delete."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.oauth_client_forms import ClientChangeForm, ClientForm, secret_mark
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import row_page
from tenants.abilities import Ability
from tenants.models import Application
from tenants.models.application import AuthMethod
from tenants.selectors.client_use import connection_counts
from tenants.selectors.oauth_clients import oauth_client_get, oauth_client_list, oauth_client_locked
from tenants.selectors.servers import server_list
from tenants.services.oauth_clients import (
    IssuedClient,
    oauth_client_delete,
    oauth_client_secret_rotate,
    oauth_client_update,
)

ORDER: Final = ("name", "pk")
EXAMPLE: Final = '{"name": "Helpdesk", "redirect_uris": ["https://app.example.com/callback"]}'


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def client_list(asked: TenantPage) -> HttpResponse:
    """The tenant's clients, with how many people each was let in by."""
    part = row_page(asked.request, oauth_client_list(), ORDER)
    counts = connection_counts(application_ids=[client.pk for client in part.rows])
    context = {
        "part": part,
        "clients": [(client, counts.get(client.pk, 0)) for client in part.rows],
        "clients_url": f"{settings.PUBLIC_URL}/api/v1/tenants/{asked.tenant.slug}/oauth-clients",
        "example": EXAMPLE,
    }
    return show(asked, "dashboard/clients/list.html", context)


@page(Ability.MANAGE_SERVERS)
def client_new(asked: TenantPage) -> HttpResponse:
    """The form; once it is sent, id and secret on the answer itself."""
    form = ClientForm(asked.request.POST if asked.is_posted else None, place=asked.request.path)
    if asked.is_posted and form.is_valid():
        issued = form.make(tenant=asked.tenant, actor=asked.actor)
        if issued is not None:
            return _ready(asked, issued, "made")
    if asked.is_posted:
        form.renew()
    return show(asked, "dashboard/clients/new.html", {"form": form}, status=422 if form.errors else 200)


@page(Ability.MANAGE_SERVERS)
def client_detail(asked: TenantPage, oauth_client_id: UUID) -> HttpResponse:
    """What a client is, and changing it."""
    client = oauth_client_get(oauth_client_id=oauth_client_id)
    form = ClientChangeForm.of(client, asked.request.POST if asked.is_posted else None)
    if asked.is_posted and form.is_valid():
        uris = form.cleaned_data["redirect_uris"].split()
        who = {"tenant": asked.tenant, "actor": asked.actor, "oauth_client_id": client.pk}
        if form.ask(oauth_client_update, **who, name=form.cleaned_data["name"], redirect_uris=uris):
            messages.success(asked.request, "Saved. Other redirect URIs count from now on.")
            return HttpResponseRedirect(f"{asked.base}clients/{client.pk}/")
    context = {
        "client": client,
        "form": form,
        "has_secret": client.auth_method != AuthMethod.NONE,
        "mark": secret_mark(client),
        "connections": connection_counts(application_ids=[client.pk]).get(client.pk, 0),
    }
    return show(asked, "dashboard/clients/detail.html", context, status=422 if form.errors else 200)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def client_rotate(asked: TenantPage, oauth_client_id: UUID) -> HttpResponse:
    """Another secret, on the answer itself. The form names the secret it replaces, so sent again it replaces none."""
    client = oauth_client_locked(oauth_client_id=oauth_client_id)
    if asked.request.POST.get("mark") != secret_mark(client):
        messages.error(asked.request, "The secret was replaced meanwhile, so no new one was made now.")
        return HttpResponseRedirect(f"{asked.base}clients/{client.pk}/")
    issued = oauth_client_secret_rotate(tenant=asked.tenant, actor=asked.actor, oauth_client_id=client.pk)
    return _ready(asked, issued, "rotated")


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def client_delete(asked: TenantPage, oauth_client_id: UUID) -> HttpResponse:
    """The client, and everybody's connections to it, end within seconds."""
    name = oauth_client_get(oauth_client_id=oauth_client_id).name
    oauth_client_delete(tenant=asked.tenant, actor=asked.actor, oauth_client_id=oauth_client_id)
    messages.success(asked.request, f"Deleted {name}. Whoever was connected by it is cut off.")
    return HttpResponseRedirect(f"{asked.base}clients/")


def _ready(asked: TenantPage, issued: IssuedClient, how: str) -> HttpResponse:
    client: Application = issued.oauth_client
    first = server_list().first()
    context = {
        "client": client,
        "secret": issued.secret or "",
        "how": how,
        "issuer": settings.PUBLIC_URL,
        "resource": f"{settings.PUBLIC_URL}/mcp/{asked.tenant.slug}/{first.slug if first else 'SERVER'}",
    }
    return show(asked, "dashboard/clients/ready.html", context)


urlpatterns = [
    path("clients/", client_list, name="clients"),
    path("clients/new", client_new, name="client_new"),
    path("clients/<uuid:oauth_client_id>/", client_detail, name="client"),
    path("clients/<uuid:oauth_client_id>/rotate", client_rotate, name="client_rotate"),
    path("clients/<uuid:oauth_client_id>/delete", client_delete, name="client_delete"),
]
