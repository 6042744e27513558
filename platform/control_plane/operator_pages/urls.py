"""The operator's pages, relative to /operator/. Django's admin has the rest of it."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.operator_pages import health, tenants

urlpatterns: list[URLPattern] = [
    path("overview/", tenants.overview, name="operator_overview"),
    path("overview/<label:tenant>/", tenants.tenant, name="operator_tenant"),
    path("overview/<label:tenant>/suspend", tenants.suspend, name="operator_suspend"),
    path("overview/<label:tenant>/resume", tenants.resume, name="operator_resume"),
    path("health/", health.health, name="operator_health"),
]
