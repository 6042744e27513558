"""What can be asked of this installation: read from the resolver and the registries, never from a list."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from mcp_runtime.methods.registry import LEGACY, MODERN
from tests.security.world import MADE_UP

PLACEHOLDER: Final = re.compile(r"<(\w+):(\w+)>")
ANY: Final = "ANY"
"""A view that does not say which methods it takes."""


class Route(NamedTuple):
    """A method of HTTP and a route as the resolver spells it."""

    method: str
    route: str


def django_routes(urlconf: str | None = None) -> list[Route]:
    """Every route of the web process, with every method that its view handles."""
    return [
        Route(method, route)
        for route, callback in _views(get_resolver(urlconf).url_patterns)
        for method in _methods(callback)
    ]


def mcp_methods() -> set[tuple[str, str]]:
    """Every method of MCP by era, and what a session of the legacy era does beside requests."""
    modern = {("modern", name) for name in MODERN}
    return modern | {("legacy", name) for name in (*LEGACY, "initialize", "notifications/initialized", "DELETE")}


def nested_names(route: str) -> list[str]:
    """The placeholders of a route beside the tenant."""
    return [name for _, name in PLACEHOLDER.findall(route) if name != "tenant"]


def filled(route: str, names: dict[str, str], made_up: Iterable[str] = ()) -> str:
    """A path for a route: its placeholders by name, those in `made_up` with what does not exist."""
    chosen = lambda match: MADE_UP[match[1]] if match[2] in made_up else names[match[2]]  # noqa: E731
    return "/" + PLACEHOLDER.sub(chosen, route)


def _views(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, route)
        else:
            yield route, pattern.callback


def _methods(callback: Any) -> list[str]:
    declared = getattr(callback, "methods", None)
    if declared is not None:
        return list(declared)
    view = getattr(callback, "cls", None)
    handled = [name for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)]
    return [name.upper() for name in handled] or [ANY]
