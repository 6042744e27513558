"""HTTP tools of a server: the form of a new one and of one that is there, with a preview and a test button."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.http_tools import writing

urlpatterns: list[URLPattern] = [
    path("servers/<label:server>/tools/new-http", writing.http_tool_new, name="http_tool_new"),
    path("servers/<label:server>/tools/<tool:http_tool>/request", writing.http_tool_request, name="http_tool_request"),
]
