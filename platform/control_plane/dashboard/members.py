"""/members: who belongs to the tenant, who is invited, and as what."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils import timezone

from control_plane.accounts.invitation_mail import invitations_send
from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.member_forms import InviteForm, RoleForm
from control_plane.dashboard.pages import page, show
from tenants.abilities import Ability
from tenants.errors import LastOwnerError
from tenants.selectors.invitations import invitation_get, invitation_list
from tenants.selectors.members import Holdings, member_get, member_holdings, member_list
from tenants.services.invitations import invitation_resend, invitation_revoke, invitations_create
from tenants.services.members import membership_remove, membership_role_set

LIST: Final = "members/"
NOBODY: Final = Holdings()


@page(Ability.MANAGE_MEMBERS, methods=("GET",))
def members(asked: TenantPage) -> HttpResponse:
    """Everybody, and the invitations that are open."""
    people, invitations = list(member_list()), list(invitation_list())
    context = {"members": people, "invitations": invitations, "now": timezone.now()}
    return show(asked, "dashboard/members/list.html", {**context, "seats": asked.tenant.limits.members})


@page(Ability.MANAGE_MEMBERS)
def invite(asked: TenantPage) -> HttpResponse:
    """Up to twenty addresses at once."""
    form = InviteForm(asked.request.POST or None, actor=asked.actor)
    if asked.is_posted and form.is_valid():
        emails, role = form.cleaned_data["emails"], form.cleaned_data["role"]
        issued = form.ask(invitations_create, tenant=asked.tenant, actor=asked.actor, emails=emails, role=role)
        if issued is not None:
            invitations_send(tenant=asked.tenant, issued=issued)
            whom = issued[0].invitation.email if len(issued) == 1 else f"{len(issued)} people"
            messages.success(asked.request, f"We sent {whom} an invitation, good for seven days.")
            return HttpResponseRedirect(asked.base + LIST)
    return show(asked, "dashboard/members/invite.html", {"form": form}, status=422 if form.errors else 200)


@page(Ability.MANAGE_MEMBERS, methods=("POST",))
def resend(asked: TenantPage, invitation_id: UUID) -> HttpResponse:
    """A new link; the old one is dead."""
    issued = invitation_resend(tenant=asked.tenant, actor=asked.actor, invitation_id=invitation_id)
    invitations_send(tenant=asked.tenant, issued=[issued])
    messages.success(asked.request, f"We sent {issued.invitation.email} a new link. The one before is dead.")
    return HttpResponseRedirect(asked.base + LIST)


@page(Ability.MANAGE_MEMBERS, methods=("POST",))
def revoke(asked: TenantPage, invitation_id: UUID) -> HttpResponse:
    """The link is dead."""
    email = invitation_get(invitation_id=invitation_id).email
    invitation_revoke(tenant=asked.tenant, actor=asked.actor, invitation_id=invitation_id)
    messages.success(asked.request, f"The invitation of {email} is revoked.")
    return HttpResponseRedirect(asked.base + LIST)


@page(Ability.MANAGE_MEMBERS)
def member(asked: TenantPage, user_id: UUID) -> HttpResponse:
    """One member: the role, and what would stop with them."""
    found = member_get(user_id=user_id)
    form = RoleForm(asked.request.POST or None, actor=asked.actor, initial={"role": found.role})
    if asked.is_posted and form.is_valid():
        role = form.cleaned_data["role"]
        if form.ask(membership_role_set, tenant=asked.tenant, actor=asked.actor, user=found.user, role=role):
            messages.success(asked.request, f"{found.user.email} is {role} now.")
            return HttpResponseRedirect(f"{asked.base}{LIST}{user_id}/")
    held = member_holdings(now=timezone.now()).get(user_id, NOBODY)
    context = {"member": found, "form": form, "held": held, "is_self": found.user_id == asked.person.pk}
    context["may_change"] = found.role != "owner" or asked.may(Ability.MANAGE_TENANT)
    return show(asked, "dashboard/members/member.html", context, status=422 if form.errors else 200)


@page(Ability.MANAGE_MEMBERS, methods=("POST",))
def remove(asked: TenantPage, user_id: UUID) -> HttpResponse:
    """The membership ends, with keys, connections and grants."""
    found = member_get(user_id=user_id)
    try:
        membership_remove(tenant=asked.tenant, actor=asked.actor, user=found.user)
    except LastOwnerError as error:
        messages.error(asked.request, error.message)
        return HttpResponseRedirect(f"{asked.base}{LIST}{user_id}/")
    messages.success(asked.request, f"{found.user.email} is no member any more.")
    return HttpResponseRedirect("/app/" if found.user_id == asked.person.pk else asked.base + LIST)


urlpatterns: list[URLPattern] = [
    path(LIST, members, name="members"),
    path(f"{LIST}invite", invite, name="member_invite"),
    path(f"{LIST}invitations/<uuid:invitation_id>/resend", resend, name="invitation_resend"),
    path(f"{LIST}invitations/<uuid:invitation_id>/revoke", revoke, name="invitation_revoke"),
    path(f"{LIST}<uuid:user_id>/", member, name="member"),
    path(f"{LIST}<uuid:user_id>/remove", remove, name="member_remove"),
]
