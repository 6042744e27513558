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
    under_app = [entry for entry in get_resolver().url_patterns if str(entry.pattern) == "app/"]
    pages = [page for entry in under_app for page in patterns(entry)]
    assert len(pages) > 50
    undeclared = [str(page.pattern) for page in pages if not getattr(page.callback, "is_declared", False)]
    assert undeclared == []
