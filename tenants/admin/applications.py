"""OAuth clients, self-registered ones included."""

from tenants.admin.read_only import ReadOnlyAdmin


class ApplicationAdmin(ReadOnlyAdmin):
    """One line per client, without its secret's hash."""

    list_display = ("name", "client_id", "tenant", "client_type", "registration_source", "created")
    list_filter = ("client_type", "registration_source")
    list_select_related = ("tenant",)
    search_fields = ("name", "client_id", "tenant__slug")
    exclude = ("client_secret",)
