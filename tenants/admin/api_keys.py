"""API keys of all tenants, by what may be known of them."""

from tenants.admin.read_only import ReadOnlyAdmin


class ApiKeyAdmin(ReadOnlyAdmin):
    """One line per key: its beginning, never its hash."""

    list_display = ("tenant", "name", "prefix", "user", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("tenant", "user")
    search_fields = ("tenant__slug", "name", "prefix", "user__email")
    exclude = ("digest",)
