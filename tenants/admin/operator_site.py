"""The site of the operator's admin. Its views run in the platform's scope, and only for staff."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from tenants.admin.api_keys import ApiKeyAdmin
from tenants.admin.applications import ApplicationAdmin
from tenants.admin.calls import CallAdmin
from tenants.admin.memberships import MembershipAdmin
from tenants.admin.servers import ServerAdmin
from tenants.admin.tenants import TenantAdmin
from tenants.admin.users import UserAdmin
from tenants.models import ApiKey, Application, Call, Membership, Server, Tenant, User
from tenants.selectors.housekeeping import operator_scope

View = Callable[..., HttpResponseBase]


class OperatorSite(AdminSite):
    """Atrium as its operator sees it."""

    site_header = "Atrium operator"
    site_title = "Atrium operator"
    index_title = "Platform"
    enable_nav_sidebar = False

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Ask who it is first; only then open the scope, and keep it open until the page is rendered."""
        return super().admin_view(_in_operator_scope(view), cacheable)


def _in_operator_scope(view: View) -> View:
    @wraps(view)
    def scoped(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        with operator_scope():
            response = view(request, *args, **options)
            return response.render() if isinstance(response, TemplateResponse) else response

    return scoped


operator_site = OperatorSite(name="operator")
operator_site.register(Tenant, TenantAdmin)
operator_site.register(User, UserAdmin)
operator_site.register(Membership, MembershipAdmin)
operator_site.register(Server, ServerAdmin)
operator_site.register(ApiKey, ApiKeyAdmin)
operator_site.register(Application, ApplicationAdmin)
operator_site.register(Call, CallAdmin)
