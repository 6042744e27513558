"""Resources and prompts of a server: list, add, look at, change, switch on and off, remove. The same pages twice."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.server_primitives import addition, detail, listing
from control_plane.dashboard.server_primitives.families import FAMILIES, Family


def _pages(family: Family) -> list[URLPattern]:
    base, which = f"servers/<label:server>/{family.path}/", {"family": family}
    one = f"{base}<uuid:{family.id_name}>/"
    return [
        path(base, listing.primitive_list, which, name=family.path),
        path(f"{base}add", addition.primitives_add, which, name=f"{family.path}_add"),
        path(one, detail.primitive_detail, which, name=family.word),
        path(f"{one}enabled", listing.primitive_enabled, which, name=f"{family.word}_enabled"),
        path(f"{one}remove", detail.primitive_remove, which, name=f"{family.word}_remove"),
    ]


urlpatterns: list[URLPattern] = [page for family in FAMILIES for page in _pages(family)]
