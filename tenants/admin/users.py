"""People, with disabling and enabling."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenants.admin.read_only import ReadOnlyAdmin
from tenants.models import User
from tenants.services.users import user_disable, user_enable


class UserAdmin(ReadOnlyAdmin):
    """One line per person."""

    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    exclude = ("password",)
    actions = ("disable", "enable")

    @admin.action(description="Disable: sign-in, keys and tokens stop", permissions=["view"])
    def disable(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Disable the chosen people, except oneself."""
        others = [user for user in chosen if user.pk != request.user.pk]
        for user in others:
            user_disable(user=user)
        self.message_user(request, f"{len(others)} disabled.")

    @admin.action(description="Enable", permissions=["view"])
    def enable(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        """Enable the chosen people."""
        for user in chosen:
            user_enable(user=user)
        self.message_user(request, f"{len(chosen)} enabled.")
