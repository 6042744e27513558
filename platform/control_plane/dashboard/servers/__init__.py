"""Servers: list, make, look at, change."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.servers import creation, listing, overview, settings

urlpatterns: list[URLPattern] = [
    path("servers/", listing.server_list_page, name="servers"),
    path("servers/new", creation.server_new, name="server_new"),
    path("servers/<label:server>/", overview.server_overview, name="server"),
    path("servers/<label:server>/calls", overview.server_calls, name="server_calls"),
    path("servers/<label:server>/settings/", settings.server_settings, name="server_settings"),
    path("servers/<label:server>/settings/slug", settings.server_slug, name="server_slug"),
    path("servers/<label:server>/settings/suspend", settings.server_suspend_page, name="server_suspend"),
    path("servers/<label:server>/settings/resume", settings.server_resume_page, name="server_resume"),
    path("servers/<label:server>/settings/delete", settings.server_delete_page, name="server_delete"),
]
