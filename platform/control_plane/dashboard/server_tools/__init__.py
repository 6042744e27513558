"""Tools of a server: list, add, look at, change, switch on and off, remove."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.server_tools import addition, detail, listing

urlpatterns: list[URLPattern] = [
    path("servers/<label:server>/tools/", listing.tool_list, name="tools"),
    path("servers/<label:server>/tools/add", addition.tools_add, name="tools_add"),
    path("servers/<label:server>/tools/<tool:tool>/", detail.tool_detail, name="tool"),
    path("servers/<label:server>/tools/<tool:tool>/enabled", listing.tool_enabled, name="tool_enabled"),
    path("servers/<label:server>/tools/<tool:tool>/remove", detail.tool_remove, name="tool_remove"),
]
