"""Every page under /app/. Each family of pages brings its own `urlpatterns`, relative to its tenant."""

from typing import Final

from django.urls import URLPattern, URLResolver, include, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths

FAMILIES: Final[tuple[list[URLPattern], ...]] = ()

urlpatterns: list[URLPattern | URLResolver] = [path("<label:tenant>/", include(family)) for family in FAMILIES]
