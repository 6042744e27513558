"""Recorded calls, without what was in them: that is for the tenant's owners and auditors."""

from tenants.admin.read_only import ReadOnlyAdmin


class CallAdmin(ReadOnlyAdmin):
    """One line per call."""

    list_display = ("time", "tenant_id", "method", "tool", "outcome", "reason", "duration_ms")
    list_filter = ("outcome", "method")
    search_fields = ("tool", "request_id")
    exclude = ("arguments",)
