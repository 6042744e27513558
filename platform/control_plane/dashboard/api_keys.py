"""API keys: list, make, rotate, revoke. A secret is on the answer that made it, and nowhere else."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from control_plane.dashboard.api_key_forms import KeyForm, RotationForm
from control_plane.dashboard.api_key_rows import KeyRow, key_state
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_rows import recent_calls
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import row_page
from control_plane.dashboard.scope_words import scope_choices
from control_plane.dashboard.set_up_lines import set_up_lines
from tenants.abilities import Ability
from tenants.errors import AlreadyEndedError
from tenants.models import ApiKey
from tenants.models.grant import SubjectKind
from tenants.selectors.api_keys import api_key_get, api_key_list
from tenants.selectors.call_search import CallSearch
from tenants.selectors.selections import Selection, selection_list
from tenants.selectors.servers import server_list
from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import api_key_revoke, api_key_rotate

ORDER: Final = ("-created_at", "pk")
EXAMPLE: Final = '{"name": "laptop", "scopes": ["mcp:read", "mcp:call"]}'
SHOWN: Final = {"working": True, "ended": False, "all": None}


@page(Ability.MANAGE_OWN_KEYS, methods=("GET",))
def key_list(asked: TenantPage) -> HttpResponse:
    """The keys that the person may manage: their own, or everybody's."""
    shown = asked.request.GET.get("show", "working")
    found = api_key_list(actor=asked.actor, works=SHOWN.get(shown, True))
    part = row_page(asked.request, found, ORDER)
    context = {
        "part": part,
        "keys": [_row(asked, key) for key in part.rows],
        "shown": shown if shown in SHOWN else "working",
        "shows_people": asked.may(Ability.MANAGE_ALL_KEYS),
        "api_keys_url": f"{settings.PUBLIC_URL}/api/v1/tenants/{asked.tenant.slug}/api-keys",
        "example": EXAMPLE,
    }
    return show(asked, "dashboard/keys/list.html", context)


@page(Ability.MANAGE_OWN_KEYS)
def key_new(asked: TenantPage) -> HttpResponse:
    """The form; once it is sent, the secret on the answer itself."""
    scopes = scope_choices(asked.actor)
    servers = list(server_list(actor=asked.actor))
    form = KeyForm(
        asked.request.POST if asked.is_posted else None, place=asked.request.path, servers=servers, scopes=scopes
    )
    if asked.is_posted and form.is_valid():
        issued = form.make(tenant=asked.tenant, actor=asked.actor)
        if issued is not None:
            return _secret(asked, issued, "made")
    if asked.is_posted:
        form.renew()
    chosen = form["scopes"].value() or []
    choices = [(choice, choice.words.name in chosen) for choice in scopes]
    return show(asked, "dashboard/keys/new.html", {"form": form, "scopes": choices}, status=422 if form.errors else 200)


@page(Ability.MANAGE_OWN_KEYS, methods=("GET",))
def key_detail(asked: TenantPage, api_key_id: UUID) -> HttpResponse:
    """What a key is good for, and what it was used for."""
    return _detail(asked, api_key_get(actor=asked.actor, api_key_id=api_key_id), RotationForm())


@page(Ability.MANAGE_OWN_KEYS, methods=("POST",))
def key_rotate(asked: TenantPage, api_key_id: UUID) -> HttpResponse:
    """A new secret, on the answer itself. Sent again, nothing happens: a key is rotated once."""
    key = api_key_get(actor=asked.actor, api_key_id=api_key_id)
    form = RotationForm(asked.request.POST)
    if not form.is_valid():
        return _detail(asked, key, form, status=422)
    try:
        issued = api_key_rotate(tenant=asked.tenant, actor=asked.actor, api_key_id=key.pk, overlap=form.hours())
    except AlreadyEndedError as error:
        messages.error(asked.request, f"{error.message} No new secret was made.")
        return HttpResponseRedirect(f"{asked.base}keys/{key.pk}/")
    return _secret(asked, issued, "rotated")


@page(Ability.MANAGE_OWN_KEYS, methods=("POST",))
def key_revoke(asked: TenantPage, api_key_id: UUID) -> HttpResponse:
    """It stops within seconds, everywhere."""
    key = api_key_revoke(tenant=asked.tenant, actor=asked.actor, api_key_id=api_key_id)
    messages.success(asked.request, f"Revoked {key.name}. Within seconds nothing gets in with it any more.")
    return HttpResponseRedirect(f"{asked.base}keys/")


def _detail(asked: TenantPage, key: ApiKey, form: RotationForm, status: int = 200) -> HttpResponse:
    context = {
        "row": _row(asked, key),
        "form": form,
        "selections": _selections(key),
        "may_choose": asked.may(Ability.MANAGE_GRANTS),
        "calls": recent_calls(asked, CallSearch(user_id=key.user_id, credential_id=str(key.pk))),
        "calls_url": f"{asked.base}calls/?client={key.family}",
    }
    return show(asked, "dashboard/keys/detail.html", context, status=status)


def _selections(key: ApiKey) -> list[Selection]:
    """The tools chosen on each server that the key opens, where it opens any for calls."""
    if not any(scope.startswith("mcp:") for scope in key.scopes):
        return []
    servers = server_list() if key.all_servers else key.servers.order_by("slug")
    return selection_list(subject_kind=SubjectKind.API_KEY, subject=str(key.family), servers=servers)


def _secret(asked: TenantPage, issued: IssuedApiKey, how: str) -> HttpResponse:
    row = _row(asked, issued.api_key)
    servers = server_list() if issued.api_key.all_servers else issued.api_key.servers.order_by("slug")
    lines = set_up_lines(asked.tenant, servers, issued)
    return show(asked, "dashboard/keys/secret.html", {"row": row, "secret": issued.secret, "how": how, "lines": lines})


def _row(asked: TenantPage, key: ApiKey) -> KeyRow:
    return KeyRow(key, key_state(key, timezone.now()), is_own=key.user_id == asked.person.pk)


urlpatterns = [
    path("keys/", key_list, name="keys"),
    path("keys/new", key_new, name="key_new"),
    path("keys/<uuid:api_key_id>/", key_detail, name="key"),
    path("keys/<uuid:api_key_id>/rotate", key_rotate, name="key_rotate"),
    path("keys/<uuid:api_key_id>/revoke", key_revoke, name="key_revoke"),
]
