"""OpenAPI documents of a server: give one, choose operations, look for changes, let it go."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.openapi_sources import addition, choosing, listing, preview, saying, versions

_BASE = "servers/<label:server>/openapi/"
_ONE = f"{_BASE}<uuid:source_id>/"

urlpatterns: list[URLPattern] = [
    path(_BASE, listing.source_list, name="openapi_sources"),
    path(f"{_BASE}new", addition.source_new, name="openapi_source_new"),
    path(_ONE, choosing.source_detail, name="openapi_source"),
    path(f"{_ONE}operation", preview.operation_detail, name="openapi_operation"),
    path(f"{_ONE}settings", saying.source_settings, name="openapi_source_settings"),
    path(f"{_ONE}version", versions.version_detail, name="openapi_version"),
    path(f"{_ONE}version/apply", versions.version_apply, name="openapi_version_apply"),
    path(f"{_ONE}version/dismiss", versions.version_dismiss, name="openapi_version_dismiss"),
    path(f"{_ONE}delete", listing.source_delete, name="openapi_source_delete"),
]
