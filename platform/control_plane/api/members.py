"""/members: who belongs to a tenant, in which role."""

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
from tenants.selectors.users import user_by_email
from tenants.services.members import membership_add, membership_remove, membership_role_set

ROLES = [role.value for role in Role]


class MemberShape(serializers.Serializer[Membership]):
    """A member."""

    user_id = serializers.UUIDField()
    email = serializers.EmailField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.CharField()
    created_at = serializers.DateTimeField(help_text="When they became a member.")


class MemberAddition(Form):
    """Who to add. They have an account already."""

    email = serializers.EmailField()
    role = serializers.ChoiceField(ROLES)


class MemberRole(Form):
    """Their new role."""

    role = serializers.ChoiceField(ROLES)


class Members(ApiView):
    """All of them."""

    @operation(READ, Ability.MANAGE_MEMBERS, answer=Page(MemberShape, ("user__email",)))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the members."""
        return member_list()

    @operation(ACCESS, Ability.MANAGE_MEMBERS, body=MemberAddition, answer=One(MemberShape, 201))
    def post(self, request: TenantRequest) -> Membership:
        """Add a person who has an account, by their e-mail address."""
        user = user_by_email(email=request.body["email"])
        return membership_add(tenant=request.tenant, actor=request.actor, user=user, role=request.body["role"])


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
