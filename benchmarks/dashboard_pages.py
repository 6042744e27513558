"""The pages of the dashboard that can be looked at: read from the resolver."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

PREFIX: Final = "app/<label:tenant>/"
PLACEHOLDER: Final = re.compile(r"<\w+:(\w+)>")
STREAM: Final = f"{PREFIX}live"
"""It never ends."""


def page_routes(prefix: str = PREFIX) -> list[str]:
    """Every route under the prefix that answers GET, parts of pages included, in order."""
    return sorted({route for route in _routes(get_resolver().url_patterns) if route.startswith(prefix)} - {STREAM})


def path_of(route: str, names: dict[str, str]) -> str:
    """A path for a route. Raises KeyError for a placeholder that is new here."""
    return "/" + PLACEHOLDER.sub(lambda found: names[found[1]], route)


def _routes(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif "GET" in getattr(pattern.callback, "methods", ()):
            yield route
