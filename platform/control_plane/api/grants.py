"""/servers/…/grants: who may call what."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import Grant
from tenants.models.grant import Effect, SubjectKind, TargetKind
from tenants.selectors.grants import grant_get, grant_list
from tenants.selectors.servers import server_get
from tenants.services.grants import grant_remove, grant_set

ORDER = ("subject_kind", "subject", "target_kind", "target")


class GrantShape(serializers.Serializer[Grant]):
    """What a subject may do with a target."""

    id = serializers.UUIDField()
    subject_kind = serializers.CharField()
    subject = serializers.CharField()
    target_kind = serializers.CharField()
    target = serializers.CharField()
    effect = serializers.CharField()


class GrantStatement(Form):
    """Subjects are a role (by name), a member (by user id), a client (by client id) or an API key (by family);
    targets the whole server (empty), a tool (by id) or an annotation (`read_only`)."""

    subject_kind = serializers.ChoiceField(SubjectKind.values)
    subject = serializers.CharField(max_length=255)
    target_kind = serializers.ChoiceField(TargetKind.values)
    target = serializers.CharField(max_length=64, required=False, allow_blank=True)
    effect = serializers.ChoiceField(Effect.values, required=False)


class Grants(ApiView):
    """All of a server."""

    @operation(READ, Ability.MANAGE_GRANTS, answer=Page(GrantShape, ORDER))
    def get(self, request: TenantRequest, server: str) -> QuerySet[Any]:
        """List the grants of a server."""
        return grant_list(server=server_get(slug=server, actor=request.actor))

    @operation(ACCESS, Ability.MANAGE_GRANTS, body=GrantStatement, answer=One(GrantShape))
    def put(self, request: TenantRequest, server: str) -> Grant:
        """Say what a subject may do with a target, in place of what was said of the two before."""
        found = server_get(slug=server, actor=request.actor)
        return grant_set(tenant=request.tenant, actor=request.actor, server=found, **request.body)


class GrantDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_GRANTS, answer=One(GrantShape))
    def get(self, request: TenantRequest, server: str, grant_id: UUID) -> Grant:
        """Read a grant."""
        return grant_get(server=server_get(slug=server, actor=request.actor), grant_id=grant_id)

    @operation(ACCESS, Ability.MANAGE_GRANTS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, grant_id: UUID) -> None:
        """Remove a grant: of this subject and target nothing is said any more, so nothing is allowed."""
        found = server_get(slug=server, actor=request.actor)
        grant = grant_get(server=found, grant_id=grant_id)
        grant_remove(tenant=request.tenant, actor=request.actor, server=found, grant=grant)
