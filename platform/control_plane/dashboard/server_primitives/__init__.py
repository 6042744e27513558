"""Resources and prompts of a server: list, add, write, look at, change, switch on and off, remove. The same pages
twice."""

from django.urls import URLPattern, path

from control_plane.api import path_names  # noqa: F401 - the converters of the paths
from control_plane.dashboard.server_primitives import addition, detail, hosting, listing
from control_plane.dashboard.server_primitives.families import FAMILIES, PROMPTS, RESOURCES, Family
from tenants.models.server_primitive import PrimitiveKind


def _pages(family: Family) -> list[URLPattern]:
    base, which = f"servers/<label:server>/{family.path}/", {"family": family}
    one, own = f"{base}<uuid:{family.id_name}>/", f"{base}<uuid:hosted_{family.id_name}>/"
    return [
        path(base, listing.primitive_list, which, name=family.path),
        path(f"{base}add", addition.primitives_add, which, name=f"{family.path}_add"),
        path(f"{own}edit", hosting.hosted_edit, which, name=f"{family.word}_edit"),
        path(one, detail.primitive_detail, which, name=family.word),
        path(f"{one}enabled", listing.primitive_enabled, which, name=f"{family.word}_enabled"),
        path(f"{one}remove", detail.primitive_remove, which, name=f"{family.word}_remove"),
    ]


def _new(family: Family, ending: str, kind: PrimitiveKind) -> URLPattern:
    where = f"servers/<label:server>/{family.path}/{ending}"
    return path(where, hosting.hosted_new, {"family": family, "kind": kind}, name=f"{kind.value}_new")


urlpatterns: list[URLPattern] = [
    *(page for family in FAMILIES for page in _pages(family)),
    _new(RESOURCES, "new", PrimitiveKind.RESOURCE),
    _new(RESOURCES, "new-template", PrimitiveKind.TEMPLATE),
    _new(PROMPTS, "new", PrimitiveKind.PROMPT),
    path(
        "servers/<label:server>/resources/<uuid:hosted_resource_id>/content",
        hosting.hosted_content,
        {"family": RESOURCES},
        name="resource_content",
    ),
]
