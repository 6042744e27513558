"""The account area of an upstream: how it is signed in to, the tenant's account, and how many people have their own."""

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page
from control_plane.dashboard.upstream_accounts.connecting import (
    account_page,
    after_looking,
    disconnected,
    looked_up,
    sent_away,
)
from control_plane.dashboard.upstream_accounts.forms import ClientForm
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import Upstream
from tenants.models.upstream import UpstreamAuth
from tenants.scope import tenant_scope
from tenants.selectors.stored_secrets import secret_list
from tenants.selectors.upstream_accounts import authorization_of, upstream_for_tenant
from tenants.services.upstream_clients import upstream_client_set
from tenants.upstream_oauth.our_client import redirect_uri


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def tenant_account(asked: TenantPage, oauth_upstream_id: UUID) -> HttpResponse:
    """How it is signed in to, and with what."""
    return _shown(asked, upstream_for_tenant(upstream_id=oauth_upstream_id), None)


def _looked_up(asked: TenantPage, oauth_upstream_id: UUID) -> str:
    with tenant_scope(asked.tenant):
        upstream_for_tenant(upstream_id=oauth_upstream_id)
    return looked_up(asked, oauth_upstream_id)


@page(Ability.MANAGE_SERVERS, methods=("POST",), ahead=_looked_up)
def tenant_account_look(asked: TenantPage, oauth_upstream_id: UUID) -> HttpResponse:
    """Find out how it is signed in to."""
    return after_looking(asked, _place(asked, upstream_for_tenant(upstream_id=oauth_upstream_id)))


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def tenant_account_connect(asked: TenantPage, oauth_upstream_id: UUID) -> HttpResponse:
    """Agreed: to its authorization server, for the tenant."""
    upstream = _one_for_all(oauth_upstream_id)
    return sent_away(asked, upstream, _place(asked, upstream))


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def tenant_account_disconnect(asked: TenantPage, oauth_upstream_id: UUID) -> HttpResponse:
    """The tenant's account is given up."""
    upstream = _one_for_all(oauth_upstream_id)
    return disconnected(asked, upstream, _place(asked, upstream))


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def upstream_client(asked: TenantPage, oauth_upstream_id: UUID) -> HttpResponse:
    """Another client, or none, at the authorization server."""
    upstream = upstream_for_tenant(upstream_id=oauth_upstream_id)
    form = ClientForm(asked.request.POST, secrets=_secrets())
    which: dict[str, Any] = {"tenant": asked.tenant, "actor": asked.actor, "upstream_id": upstream.pk}
    if form.is_valid() and form.ask(upstream_client_set, **which, **form.cleaned_data) is not None:
        messages.success(asked.request, "Saved. Look up how it is signed in to, and connect again.")
        return HttpResponseRedirect(_place(asked, upstream))
    response = _shown(asked, upstream, form)
    response.status_code = 422
    return response


def _shown(asked: TenantPage, upstream: Upstream, form: ClientForm | None) -> HttpResponse:
    known = authorization_of(upstream)
    initial = {} if known is None else {"client_id": known.client_id, "secret_name": known.secret_name}
    shown = {} if known is None or known.registration != "preregistered" else initial
    more: dict[str, Any] = {
        "form": form or ClientForm(initial=shown, secrets=_secrets()),
        "place": _place(asked, upstream),
        "is_one_for_all": upstream.auth == UpstreamAuth.OAUTH,
        "redirect_uri": redirect_uri(),
    }
    return account_page(asked, upstream, "dashboard/upstream_accounts/tenants_own.html", more)


def _one_for_all(upstream_id: UUID) -> Upstream:
    upstream = upstream_for_tenant(upstream_id=upstream_id)
    if upstream.auth != UpstreamAuth.OAUTH:
        raise NotFoundError("Everybody connects an account of their own to this upstream.")
    return upstream


def _secrets() -> list[str]:
    return list(secret_list().values_list("name", flat=True))


def _place(asked: TenantPage, upstream: Upstream) -> str:
    return f"{asked.base}upstreams/{upstream.pk}/account/"


_ONE: Final = "upstreams/<uuid:oauth_upstream_id>/account/"
urlpatterns = [
    path(_ONE, tenant_account, name="upstream_account"),
    path(f"{_ONE}look", tenant_account_look, name="upstream_account_look"),
    path(f"{_ONE}connect", tenant_account_connect, name="upstream_account_connect"),
    path(f"{_ONE}disconnect", tenant_account_disconnect, name="upstream_account_disconnect"),
    path(f"{_ONE}client", upstream_client, name="upstream_client"),
]
