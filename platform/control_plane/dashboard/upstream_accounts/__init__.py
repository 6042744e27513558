"""Accounts at upstreams: everybody's own, and those of the tenant."""

from control_plane.dashboard.upstream_accounts import own, tenants_own

urlpatterns = [*own.urlpatterns, *tenants_own.urlpatterns]
