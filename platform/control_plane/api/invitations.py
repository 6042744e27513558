"""/invitations: who has been asked to become a member. The link goes by mail to the address, and to nobody else."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.accounts.invitation_mail import invitations_send
from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.members import ROLES
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import Invitation
from tenants.selectors.invitations import invitation_get, invitation_list
from tenants.services.invitations import invitation_resend, invitation_revoke, invitations_create


class InvitationShape(serializers.Serializer[Invitation]):
    """An invitation that nobody has accepted or revoked."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.CharField()
    invited_by = serializers.EmailField(source="invited_by.email", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="After this the link is dead; it can be sent again.")


class InvitationCreation(Form):
    """Whom to invite, and as what."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(ROLES)


class Invitations(ApiView):
    """All that are pending."""

    @operation(READ, Ability.MANAGE_MEMBERS, answer=Page(InvitationShape, ("-created_at", "pk")))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the invitations that nobody has accepted or revoked."""
        return invitation_list()

    @operation(ACCESS, Ability.MANAGE_MEMBERS, body=InvitationCreation, answer=One(InvitationShape, 201))
    def post(self, request: TenantRequest) -> Invitation:
        """Invite somebody by mail. Whether the address has an account makes no difference."""
        emails, role = [request.body["email"]], request.body["role"]
        issued = invitations_create(tenant=request.tenant, actor=request.actor, emails=emails, role=role)
        invitations_send(tenant=request.tenant, issued=issued)
        return issued[0].invitation


class InvitationDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_MEMBERS, answer=One(InvitationShape))
    def get(self, request: TenantRequest, invitation_id: UUID) -> Invitation:
        """Read an invitation."""
        return invitation_get(invitation_id=invitation_id)

    @operation(ACCESS, Ability.MANAGE_MEMBERS, answer=Nothing())
    def delete(self, request: TenantRequest, invitation_id: UUID) -> None:
        """Revoke an invitation: its link is dead."""
        invitation_revoke(tenant=request.tenant, actor=request.actor, invitation_id=invitation_id)


class InvitationResending(ApiView):
    """The same person, a new link."""

    @operation(ACCESS, Ability.MANAGE_MEMBERS, answer=One(InvitationShape))
    def post(self, request: TenantRequest, invitation_id: UUID) -> Invitation:
        """Send an invitation again, for seven more days. The link of the first mail is dead."""
        issued = invitation_resend(tenant=request.tenant, actor=request.actor, invitation_id=invitation_id)
        invitations_send(tenant=request.tenant, issued=[issued])
        return issued.invitation
