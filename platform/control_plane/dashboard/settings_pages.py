"""Settings: the tenant, its plan, and oneself in it."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.plan_rows import plan_rows, used_of_plan
from control_plane.dashboard.settings_forms import NameForm, SignOutForm, TenantForm
from tenants.abilities import Ability
from tenants.errors import LastOwnerError
from tenants.selectors.members import Holdings, member_holdings
from tenants.services.members import membership_remove
from tenants.services.tenants import tenant_update
from tenants.services.users import user_name_set, user_password_set

PLACE: Final = "settings/"
YOU: Final = "settings/you"
WAY_OUT: Final = "settings/way-out"
NOTHING: Final = Holdings()


@page()
def tenant_settings(asked: TenantPage) -> HttpResponse:
    """The tenant's name and audit, for owners to change, and its plan with what is used of it."""
    values = {"name": asked.tenant.name, "audit": asked.tenant.audit}
    if asked.is_posted:
        asked.actor.require(Ability.MANAGE_TENANT)
    form = TenantForm(asked.request.POST if asked.is_posted else None, initial=values)
    if asked.is_posted and form.is_valid():
        changed = form.ask(tenant_update, tenant=asked.tenant, actor=asked.actor, **form.cleaned_data)
        if changed is not None:
            messages.success(asked.request, "Saved.")
            return HttpResponseRedirect(asked.base + PLACE)
    context = {
        "form": form,
        "may_change": asked.may(Ability.MANAGE_TENANT) and not asked.frame.is_suspended,
        "plan": plan_rows(asked.tenant.limits, used_of_plan(asked.tenant, timezone.now())),
    }
    return _show(asked, "tenant", context, status=422 if form.errors else 200)


@page()
def own_settings(asked: TenantPage) -> HttpResponse:
    """One's name, address, password, theme; and leaving the tenant."""
    form = NameForm(asked.request.POST if asked.is_posted else None, initial={"name": asked.person.name})
    if asked.is_posted and form.is_valid():
        changed = form.ask(user_name_set, user=asked.person, **form.cleaned_data)
        if changed is None:
            return _own(asked, form, SignOutForm(person=asked.person))
        messages.success(asked.request, "Saved.")
        return HttpResponseRedirect(asked.base + YOU)
    return _own(asked, form, SignOutForm(person=asked.person))


@page(methods=("POST",))
def sign_out_everywhere(asked: TenantPage) -> HttpResponse:
    """End every session of the person but this one: the password is hashed anew, and sessions depend on its hash."""
    form = SignOutForm(asked.request.POST, person=asked.person)
    if not form.is_valid():
        return _own(asked, NameForm(initial={"name": asked.person.name}), form)
    user_password_set(user=asked.person, password=form.cleaned_data["password"])
    update_session_auth_hash(asked.request, asked.person)
    messages.success(asked.request, "You are signed out everywhere but here. Keys and connections go on.")
    return HttpResponseRedirect(asked.base + YOU)


@page(methods=("POST",))
def tenant_leave(asked: TenantPage) -> HttpResponse:
    """Anybody may leave; the last owner stays."""
    try:
        membership_remove(tenant=asked.tenant, actor=asked.actor, user=asked.person)
    except LastOwnerError as error:
        messages.error(asked.request, error.message)
        return HttpResponseRedirect(asked.base + YOU)
    messages.success(asked.request, f"You have left {asked.tenant.name}.")
    return HttpResponseRedirect("/app/")


def _own(asked: TenantPage, form: NameForm, sign_out: SignOutForm) -> HttpResponse:
    held = member_holdings(now=timezone.now()).get(asked.person.pk, NOTHING)
    context = {
        "form": form,
        "sign_out": sign_out,
        "held": held,
        "has_password": asked.person.has_usable_password(),
    }
    return _show(asked, "you", context, status=422 if form.errors or sign_out.errors else 200)


def _show(asked: TenantPage, name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    tabs = settings_tabs(asked, name)
    return show(asked, f"dashboard/settings/{name}.html", {**context, "tabs": tabs}, status=status)


def settings_tabs(asked: TenantPage, name: str) -> list[dict[str, Any]]:
    """The tabs of all settings; `name` is that of the page."""
    return [
        {"label": "Tenant", "href": asked.base + PLACE, "active": name == "tenant"},
        {"label": "Way out", "href": asked.base + WAY_OUT, "active": name == "way_out"},
        {"label": "You", "href": asked.base + YOU, "active": name == "you"},
    ]


urlpatterns = [
    path("settings/", tenant_settings, name="settings"),
    path("settings/you", own_settings, name="own_settings"),
    path("settings/you/sign-out", sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/leave", tenant_leave, name="tenant_leave"),
]
