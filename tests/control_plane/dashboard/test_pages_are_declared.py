"""Default deny: every view under /app/ says who may see it."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver


def patterns(resolver: Any) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry)


def test_every_page_says_who_may_see_it() -> None:
    pages = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "app/")
    undeclared = [str(entry.pattern) for entry in patterns(pages) if not getattr(entry.callback, "is_declared", False)]
    assert undeclared == []
