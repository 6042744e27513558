"""What both pages of an account share: what a person agrees to, going there, and ending it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import show
from control_plane.dashboard.upstream_accounts.sign_in_session import sign_in_remember
from control_plane.upstream_doors import authorization_looked_up, upstream_door
from tenants.errors import InvalidValueError, UpstreamSignInError
from tenants.models import Upstream, UpstreamAuthorization
from tenants.selectors.upstream_accounts import authorization_of, own_account
from tenants.services.upstream_accounts import upstream_account_disconnect
from tenants.services.upstream_authorizations import is_fresh
from tenants.services.upstream_sign_ins import mark_of, upstream_sign_in_begin, wanted_scopes
from tenants.upstream_oauth.our_client import redirect_uri


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a page shows before somebody goes. `host` is where they are sent."""

    host: str
    issuer: str
    client_id: str
    scopes: list[str]
    redirect_uri: str
    mark: str


def account_page(asked: TenantPage, upstream: Upstream, template: str, more: dict[str, Any]) -> HttpResponse:
    """The account, and what connecting it means where that is known."""
    known = authorization_of(upstream)
    agreement = _agreement(upstream, known) if known is not None and is_fresh(known) else None
    context = {
        "upstream": upstream,
        "upstream_host": urlsplit(upstream.url).netloc,
        "account": own_account(upstream),
        "known": known,
        "agreement": agreement,
        **more,
    }
    return show(asked, template, context)


def looked_up(asked: TenantPage, upstream_id: UUID) -> str:
    """Ahead of a page: ask how the upstream is signed in to. Returns why that did not go, or nothing."""
    try:
        authorization_looked_up(tenant=asked.tenant, actor=asked.actor, upstream_id=upstream_id)
    except UpstreamSignInError as error:
        return error.message
    return ""


def after_looking(asked: TenantPage, back: str) -> HttpResponse:
    """To the account's page, with what came of it."""
    if asked.ahead:
        messages.error(asked.request, asked.ahead)
    return HttpResponseRedirect(back)


def sent_away(asked: TenantPage, upstream: Upstream, back: str) -> HttpResponse:
    """The person has agreed: their browser remembers that, and goes. By a page: browsers hold every redirect after a
    form to `form-action`, and nobody knows over which hosts the authorization server leads on."""
    which: dict[str, Any] = {"tenant": asked.tenant, "actor": asked.actor, "upstream_id": upstream.pk}
    try:
        departure = upstream_sign_in_begin(**which, mark=asked.request.POST.get("mark", ""))
    except InvalidValueError as error:
        messages.warning(asked.request, error.message)
        return HttpResponseRedirect(back)
    sign_in_remember(asked.request, departure.state, asked.tenant)
    context = {"url": departure.url, "host": urlsplit(departure.url).netloc}
    return show(asked, "dashboard/upstream_accounts/going.html", context)


def disconnected(asked: TenantPage, upstream: Upstream, back: str) -> HttpResponse:
    """The account is given up."""
    which: dict[str, Any] = {"tenant": asked.tenant, "actor": asked.actor, "upstream_id": upstream.pk}
    upstream_account_disconnect(**which, door=upstream_door())
    messages.success(asked.request, f"{upstream.name} is disconnected. Its tokens are forgotten.")
    return HttpResponseRedirect(back)


def _agreement(upstream: Upstream, known: UpstreamAuthorization) -> Agreement:
    scopes = wanted_scopes(known, own_account(upstream))
    return Agreement(
        host=urlsplit(known.authorization_endpoint).netloc,
        issuer=known.issuer,
        client_id=known.client_id,
        scopes=scopes,
        redirect_uri=redirect_uri(),
        mark=mark_of(known, scopes),
    )
