"""Servers of all tenants."""

from tenants.admin.read_only import ReadOnlyAdmin


class ServerAdmin(ReadOnlyAdmin):
    """One line per server."""

    list_display = ("tenant", "slug", "name", "status", "updated_at")
    list_filter = ("status",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug", "slug", "name")
