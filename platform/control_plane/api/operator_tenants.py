"""/operator/tenants: every tenant, its plan and whether it serves. For operators, signed in; keys open nothing here."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import OperatorRequest
from control_plane.api.forms import Form, PageQuery
from control_plane.api.operations import ApiView, operator_operation
from tenants.actor import PLATFORM
from tenants.models.tenant import TenantStatus
from tenants.selectors.operator_overview import TenantNumbers, tenant_for_operator, tenants_found
from tenants.services.tenants import tenant_limits_set, tenant_resume, tenant_suspend


class OperatorTenantShape(serializers.Serializer[TenantNumbers]):
    """A tenant, with how much there is of it."""

    id = serializers.UUIDField(source="tenant.id")
    slug = serializers.CharField(source="tenant.slug")
    name = serializers.CharField(source="tenant.name")
    status = serializers.CharField(source="tenant.status", help_text="`active` or `suspended`.")
    audit = serializers.CharField(source="tenant.audit", help_text="`buffered` or `strict`.")
    plan = serializers.JSONField(source="tenant.plan", help_text="The limits that differ from the default plan.")
    created_at = serializers.DateTimeField(source="tenant.created_at")
    members = serializers.IntegerField()
    servers = serializers.IntegerField()
    calls = serializers.IntegerField(help_text="Of the last 24 hours.")


class OperatorTenantPageShape(serializers.Serializer[Any]):
    """A part of the list."""

    results = OperatorTenantShape(many=True)
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next page, if there is one.")


class OperatorTenantQuery(PageQuery):
    """Which tenants."""

    search = serializers.CharField(required=False, max_length=200, help_text="A part of the name or the slug.")
    status = serializers.ChoiceField(TenantStatus.values, required=False)


class PlanChange(Form):
    """The limits that are to differ from the default plan; those not named follow it."""

    plan = serializers.DictField(child=serializers.JSONField())


class OperatorTenants(ApiView):
    """All of them."""

    @operator_operation(query=OperatorTenantQuery, answer=One(OperatorTenantPageShape))
    def get(self, request: OperatorRequest) -> dict[str, Any]:
        """List every tenant, by slug."""
        limit = request.query["limit"]
        found = tenants_found(
            search=request.query.get("search", ""),
            status=request.query.get("status", ""),
            after=request.query.get("cursor", ""),
            most=limit + 1,
            now=timezone.now(),
        )
        page = found[:limit]
        return {"results": page, "next": page[-1].tenant.slug if len(found) > limit else None}


class OperatorTenantDetail(ApiView):
    """One of them."""

    @operator_operation(answer=One(OperatorTenantShape))
    def get(self, request: OperatorRequest, tenant: str) -> TenantNumbers:
        """Read a tenant."""
        return tenant_for_operator(slug=tenant, now=timezone.now())

    @operator_operation(body=PlanChange, answer=One(OperatorTenantShape))
    def patch(self, request: OperatorRequest, tenant: str) -> TenantNumbers:
        """Give a tenant another plan. It counts within seconds."""
        found = tenant_for_operator(slug=tenant, now=timezone.now())
        tenant_limits_set(tenant=found.tenant, actor=PLATFORM, overrides=request.body["plan"])
        return tenant_for_operator(slug=tenant, now=timezone.now())


class OperatorTenantSuspension(ApiView):
    """Whether it serves."""

    @operator_operation(answer=One(OperatorTenantShape))
    def post(self, request: OperatorRequest, tenant: str) -> TenantNumbers:
        """Suspend a tenant: within seconds no server of it serves."""
        tenant_suspend(tenant=tenant_for_operator(slug=tenant, now=timezone.now()).tenant, actor=PLATFORM)
        return tenant_for_operator(slug=tenant, now=timezone.now())


class OperatorTenantResumption(ApiView):
    """Serving again."""

    @operator_operation(answer=One(OperatorTenantShape))
    def post(self, request: OperatorRequest, tenant: str) -> TenantNumbers:
        """Let a suspended tenant serve again."""
        tenant_resume(tenant=tenant_for_operator(slug=tenant, now=timezone.now()).tenant, actor=PLATFORM)
        return tenant_for_operator(slug=tenant, now=timezone.now())
