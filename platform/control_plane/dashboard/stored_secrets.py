"""Secrets of the tenant: list, store, describe, give another value, delete. No page has a value on it."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.forms import PageForm
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.row_pages import row_page
from control_plane.dashboard.secret_forms import DescriptionForm, SecretForm, ValueForm
from tenants.abilities import Ability
from tenants.errors import InUseError
from tenants.models import Secret, SecretChange
from tenants.selectors.members import member_list
from tenants.selectors.stored_secrets import secret_changes, secret_get, secret_list
from tenants.services.stored_secrets import secret_create, secret_delete, secret_describe, secret_rotate

ORDER: Final = ("name",)
CHANGES_SHOWN: Final = 10
EXAMPLE: Final = '{"name": "crm-token", "value": "VALUE"}'


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def secret_list_page(asked: TenantPage) -> HttpResponse:
    """The tenant's secrets, and what was done to them lately."""
    context = {
        "part": row_page(asked.request, secret_list(), ORDER),
        "changes": _changes(),
        "secrets_url": f"{settings.PUBLIC_URL}/api/v1/tenants/{asked.tenant.slug}/secrets",
        "example": EXAMPLE,
    }
    return show(asked, "dashboard/secrets/list.html", context)


@page(Ability.MANAGE_SERVERS)
def secret_new(asked: TenantPage) -> HttpResponse:
    """The form of a new one."""
    initial = {"name": asked.request.GET.get("name", "")[:64]}
    form = SecretForm(asked.request.POST if asked.is_posted else None, initial=initial)
    if asked.is_posted and form.is_valid():
        made = form.ask(secret_create, **_who(asked), **form.cleaned_data)
        if made is not None:
            messages.success(asked.request, f"Stored {made.name}.")
            return _to(asked, made)
    return show(asked, "dashboard/secrets/new.html", {"form": form}, status=422 if form.errors else 200)


@page(Ability.MANAGE_SERVERS)
def secret_detail(asked: TenantPage, secret_id: UUID) -> HttpResponse:
    """What is known of a secret, and describing it."""
    secret = secret_get(secret_id=secret_id)
    form = DescriptionForm(asked.request.POST if asked.is_posted else None, initial={"description": secret.description})
    if asked.is_posted and form.is_valid() and _done(asked, form, secret_describe, secret):
        messages.success(asked.request, "Saved.")
        return _to(asked, secret)
    return _shown(asked, secret, form)


@page(Ability.MANAGE_SERVERS)
def secret_rotate_page(asked: TenantPage, secret_id: UUID) -> HttpResponse:
    """The form of another value."""
    secret = secret_get(secret_id=secret_id)
    form = ValueForm(asked.request.POST if asked.is_posted else None)
    if asked.is_posted and form.is_valid() and _done(asked, form, secret_rotate, secret):
        messages.success(asked.request, f"{secret.name} has another value. The one before is used no more.")
        return _to(asked, secret)
    context = {"secret": secret, "form": form}
    return show(asked, "dashboard/secrets/rotate.html", context, status=422 if form.errors else 200)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def secret_delete_page(asked: TenantPage, secret_id: UUID) -> HttpResponse:
    """Gone, with its value. The form says whether the person has seen what uses it."""
    secret = secret_get(secret_id=secret_id)
    try:
        secret_delete(**_who(asked), secret_id=secret.pk, force=asked.request.POST.get("force") == "1")
    except InUseError as error:
        messages.error(asked.request, f"Nothing is deleted. {error.message}")
        return _to(asked, secret)
    messages.success(asked.request, f"Deleted {secret.name}.")
    return HttpResponseRedirect(f"{asked.base}secrets/")


def _shown(asked: TenantPage, secret: Secret, form: DescriptionForm) -> HttpResponse:
    context = {
        "secret": secret,
        "form": form,
        "uses": secret.uses.all(),
        "reference": f"{{{{secret.{secret.name}}}}}",
        "changes": _changes(secret.pk),
    }
    return show(asked, "dashboard/secrets/detail.html", context, status=422 if form.errors else 200)


def _done(asked: TenantPage, form: PageForm, service: Callable[..., Secret], secret: Secret) -> bool:
    return form.ask(service, **_who(asked), secret_id=secret.pk, **form.cleaned_data) is not None


def _who(asked: TenantPage) -> dict[str, Any]:
    return {"tenant": asked.tenant, "actor": asked.actor}


def _to(asked: TenantPage, secret: Secret) -> HttpResponse:
    return HttpResponseRedirect(f"{asked.base}secrets/{secret.pk}/")


def _changes(secret_id: UUID | None = None) -> list[tuple[SecretChange, str]]:
    """The last few, each with who it was. Two queries."""
    changes = list(secret_changes(secret_id=secret_id)[:CHANGES_SHOWN])
    ids = {change.user_id for change in changes if change.user_id is not None}
    people = {each.user_id: each.user.name or each.user.email for each in member_list().filter(user_id__in=ids)}
    return [(change, _person(change, people)) for change in changes]


def _person(change: SecretChange, people: dict[UUID, str]) -> str:
    return "Atrium" if change.user_id is None else people.get(change.user_id, "a former member")


urlpatterns = [
    path("secrets/", secret_list_page, name="secrets"),
    path("secrets/new", secret_new, name="secret_new"),
    path("secrets/<uuid:secret_id>/", secret_detail, name="secret"),
    path("secrets/<uuid:secret_id>/rotate", secret_rotate_page, name="secret_rotate"),
    path("secrets/<uuid:secret_id>/delete", secret_delete_page, name="secret_delete"),
]
