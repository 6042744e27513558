"""/plan: what a tenant's plan allows, and what is used of it; /membership: leaving."""

from typing import Any

import msgspec
from django.utils import timezone
from rest_framework import serializers

from control_plane.api.answers import Nothing, One
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.operations import ApiView, operation
from control_plane.dashboard.plan_rows import used_of_plan
from tenants.errors import AbilityMissingError
from tenants.models import User
from tenants.services.members import membership_remove


class PlanShape(serializers.Serializer[Any]):
    """All limits, the default plan's included, and the numbers that count against them now."""

    limits = serializers.DictField(child=serializers.JSONField())
    used = serializers.DictField(child=serializers.IntegerField(allow_null=True))


class TenantPlan(ApiView):
    """The plan."""

    @operation(READ, answer=One(PlanShape))
    def get(self, request: TenantRequest) -> dict[str, Any]:
        """Read the limits of the tenant, and what is used of them."""
        used = used_of_plan(request.tenant, timezone.now())
        return {"limits": msgspec.to_builtins(request.tenant.limits), "used": used}


class OwnMembership(ApiView):
    """One's own place in the tenant."""

    @operation(ACCESS, answer=Nothing())
    def delete(self, request: TenantRequest) -> None:
        """Leave the tenant. Your keys and connections there stop within seconds. The last owner stays."""
        if request.actor.user_id is None:
            raise AbilityMissingError("Nobody is behind this.", ability="membership")
        person = User.objects.get(pk=request.actor.user_id)
        membership_remove(tenant=request.tenant, actor=request.actor, user=person)
