"""Every page under /app/. Each family of pages brings its own `urlpatterns`, relative to its tenant."""

from typing import Final

from django.urls import URLPattern, URLResolver, include, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard import api_keys, live

FAMILIES: Final[tuple[list[URLPattern], ...]] = (api_keys.urlpatterns, live.urlpatterns)

urlpatterns: list[URLPattern | URLResolver] = [path("<label:tenant>/", include(family)) for family in FAMILIES]
