"""My accounts: the upstreams to which everybody brings an account of their own."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import row_page
from control_plane.dashboard.upstream_accounts.connecting import (
    account_page,
    after_looking,
    disconnected,
    looked_up,
    sent_away,
)
from tenants.abilities import Ability
from tenants.models import Upstream
from tenants.scope import tenant_scope
from tenants.selectors.upstream_accounts import own_account, upstream_for_person, upstreams_for_person

ORDER: Final = ("name", "pk")


@page(Ability.CALL_TOOLS, methods=("GET",))
def account_list_page(asked: TenantPage) -> HttpResponse:
    """What one can connect, and what one has."""
    part = row_page(asked.request, upstreams_for_person(user_id=asked.person.pk), ORDER)
    rows = [(upstream, own_account(upstream)) for upstream in part.rows]
    return show(asked, "dashboard/upstream_accounts/list.html", {"part": part, "rows": rows})


@page(Ability.CALL_TOOLS, methods=("GET",))
def account_detail(asked: TenantPage, account_upstream_id: UUID) -> HttpResponse:
    """One's account at an upstream, or what connecting one means."""
    upstream = _upstream(asked, account_upstream_id)
    return account_page(asked, upstream, "dashboard/upstream_accounts/own.html", {"place": _place(asked, upstream)})


def _looked_up(asked: TenantPage, account_upstream_id: UUID) -> str:
    with tenant_scope(asked.tenant):
        _upstream(asked, account_upstream_id)
    return looked_up(asked, account_upstream_id)


@page(Ability.CALL_TOOLS, methods=("POST",), ahead=_looked_up)
def account_look(asked: TenantPage, account_upstream_id: UUID) -> HttpResponse:
    """Find out how it is signed in to."""
    return after_looking(asked, _place(asked, _upstream(asked, account_upstream_id)))


@page(Ability.CALL_TOOLS, methods=("POST",))
def account_connect(asked: TenantPage, account_upstream_id: UUID) -> HttpResponse:
    """Agreed: to its authorization server."""
    upstream = _upstream(asked, account_upstream_id)
    return sent_away(asked, upstream, _place(asked, upstream))


@page(Ability.CALL_TOOLS, methods=("POST",))
def account_disconnect(asked: TenantPage, account_upstream_id: UUID) -> HttpResponse:
    """One's account is given up."""
    return disconnected(asked, _upstream(asked, account_upstream_id), f"{asked.base}accounts/")


def _upstream(asked: TenantPage, upstream_id: UUID) -> Upstream:
    return upstream_for_person(upstream_id=upstream_id, user_id=asked.person.pk)


def _place(asked: TenantPage, upstream: Upstream) -> str:
    return f"{asked.base}accounts/{upstream.pk}/"


_ONE: Final = "accounts/<uuid:account_upstream_id>/"
urlpatterns = [
    path("accounts/", account_list_page, name="accounts"),
    path(_ONE, account_detail, name="account"),
    path(f"{_ONE}look", account_look, name="account_look"),
    path(f"{_ONE}connect", account_connect, name="account_connect"),
    path(f"{_ONE}disconnect", account_disconnect, name="account_disconnect"),
]
