"""Upstream MCP servers: connected, looked at, approved, put on servers."""

from typing import Final

from django.urls import URLPattern, path

from control_plane.dashboard.upstreams import connecting, deciding

_ONE: Final = "upstreams/<uuid:upstream_id>/"

urlpatterns: list[URLPattern] = [
    path("upstreams/", connecting.upstream_list_page, name="upstreams"),
    path("upstreams/new", connecting.upstream_new, name="upstream_new"),
    path(_ONE, deciding.upstream_detail, name="upstream"),
    path(f"{_ONE}settings", connecting.upstream_settings, name="upstream_settings"),
    path(f"{_ONE}read", connecting.upstream_read_page, name="upstream_read"),
    path(f"{_ONE}delete", connecting.upstream_delete_page, name="upstream_delete"),
    path(f"{_ONE}decide", deciding.upstream_decide, name="upstream_decide"),
    path(f"{_ONE}add", deciding.upstream_add, name="upstream_add"),
    path(f"{_ONE}definitions/<uuid:definition_id>/", deciding.definition_page, name="upstream_definition"),
]
