"""Who belongs where."""

from tenants.admin.read_only import ReadOnlyAdmin


class MembershipAdmin(ReadOnlyAdmin):
    """One line per person and tenant."""

    list_display = ("tenant", "user", "role", "created_at")
    list_filter = ("role",)
    list_select_related = ("tenant", "user")
    search_fields = ("tenant__slug", "user__email")
