"""Fan-out tools of a server: a new one, and writing one anew. Everything else about one is on its tool's page."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.fan_out_tools import writing

urlpatterns: list[URLPattern] = [
    path("servers/<label:server>/fan-out/new", writing.fan_out_new, name="fan_out_new"),
    path("servers/<label:server>/fan-out/<tool:fan_out>/", writing.fan_out_edit, name="fan_out"),
]
