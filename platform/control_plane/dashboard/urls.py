"""Every page under /app/. Each family of pages brings its own `urlpatterns`, relative to its tenant."""

from typing import Final

from django.urls import URLPattern, URLResolver, include, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard import (
    api_keys,
    calls,
    connect,
    connections,
    egress_allowance,
    fan_out_tools,
    home,
    http_tools,
    jobs,
    live,
    members,
    oauth_clients,
    openapi_sources,
    permissions,
    playground,
    server_primitives,
    server_sessions,
    server_tools,
    servers,
    settings_pages,
    stored_secrets,
    tenant_choice,
    upstream_accounts,
    upstreams,
)

FAMILIES: Final[tuple[list[URLPattern], ...]] = (
    api_keys.urlpatterns,
    calls.urlpatterns,
    connect.urlpatterns,
    connections.urlpatterns,
    home.urlpatterns,
    jobs.urlpatterns,
    live.urlpatterns,
    members.urlpatterns,
    oauth_clients.urlpatterns,
    servers.urlpatterns,
    http_tools.urlpatterns,
    fan_out_tools.urlpatterns,
    server_tools.urlpatterns,
    server_primitives.urlpatterns,
    server_sessions.urlpatterns,
    openapi_sources.urlpatterns,
    permissions.urlpatterns,
    playground.urlpatterns,
    settings_pages.urlpatterns,
    egress_allowance.urlpatterns,
    stored_secrets.urlpatterns,
    upstream_accounts.urlpatterns,
    upstreams.urlpatterns,
)

urlpatterns: list[URLPattern | URLResolver] = [
    *tenant_choice.urlpatterns,
    *(path("<label:tenant>/", include(family)) for family in FAMILIES),
]
