"""/members: who belongs to a tenant, in which role. People come by invitation (`control_plane.api.invitations`)."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability, Role
from tenants.models import Membership
from tenants.selectors.members import member_get, member_list
from tenants.services.members import membership_remove, membership_role_set

ROLES = [role.value for role in Role]


class MemberShape(serializers.Serializer[Membership]):
    """A member."""

    user_id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    email_verified = serializers.SerializerMethodField(help_text="Whether mail to the address is known to reach them.")
    role = serializers.CharField()
    created_at = serializers.DateTimeField(help_text="When they became a member.")

    def get_email_verified(self, membership: Membership) -> bool:
        """As a yes or no."""
        return membership.user.email_verified_at is not None


class MemberRole(Form):
    """Their new role."""

    role = serializers.ChoiceField(ROLES)


class Members(ApiView):
    """All of them."""

    @operation(READ, Ability.MANAGE_MEMBERS, answer=Page(MemberShape, ("user__email",)))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the members."""
        return member_list()


class MemberDetail(ApiView):
    """One of them, by the id of the user."""

    @operation(READ, Ability.MANAGE_MEMBERS, answer=One(MemberShape))
    def get(self, request: TenantRequest, user_id: UUID) -> Membership:
        """Read a member."""
        return member_get(user_id=user_id)

    @operation(ACCESS, Ability.MANAGE_MEMBERS, body=MemberRole, answer=One(MemberShape))
    def patch(self, request: TenantRequest, user_id: UUID) -> Membership:
        """Give a member another role. Their keys follow it within seconds."""
        user = member_get(user_id=user_id).user
        return membership_role_set(tenant=request.tenant, actor=request.actor, user=user, **request.body)

    @operation(ACCESS, Ability.MANAGE_MEMBERS, answer=Nothing())
    def delete(self, request: TenantRequest, user_id: UUID) -> None:
        """Remove a member, with their keys, tokens and grants here."""
        user = member_get(user_id=user_id).user
        membership_remove(tenant=request.tenant, actor=request.actor, user=user)
