"""Tenants, with suspending and resuming."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenants.actor import PLATFORM
from tenants.admin.read_only import ReadOnlyAdmin
from tenants.models import Tenant
from tenants.services.tenants import tenant_resume, tenant_suspend


class TenantAdmin(ReadOnlyAdmin):
    """One line per company."""

    list_display = ("slug", "name", "status", "audit", "created_at")
    list_filter = ("status", "audit")
    search_fields = ("slug", "name")
    actions = ("suspend", "resume")

    @admin.action(description="Suspend: no server serves any more", permissions=["view"])
    def suspend(self, request: HttpRequest, chosen: QuerySet[Tenant]) -> None:
        """Suspend the chosen tenants."""
        for tenant in chosen:
            tenant_suspend(tenant=tenant, actor=PLATFORM)
        self.message_user(request, f"{len(chosen)} suspended.")

    @admin.action(description="Resume", permissions=["view"])
    def resume(self, request: HttpRequest, chosen: QuerySet[Tenant]) -> None:
        """Resume the chosen tenants."""
        for tenant in chosen:
            tenant_resume(tenant=tenant, actor=PLATFORM)
        self.message_user(request, f"{len(chosen)} resumed.")
