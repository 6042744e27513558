"""Every page is looked at by some test: the routes that were, and those that none has come to."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.repository import ROOT
from tests.security.inventory import ANY, django_routes

PLACES: Final = (
    "app/",
    "accounts/",
    "start/",
    "invitations/",
    "oauth/authorize",
    "operator/overview",
    "operator/health",
)
TENANT: Final = "app/<label:tenant>/"
PARTS: Final = frozenset(
    {
        f"{TENANT}calls/news",
        f"{TENANT}home/now",
        *(f"{TENANT}jobs/{part}" for part in ("news", "rows")),
        *(f"{TENANT}jobs/<uuid:job_id>/{part}" for part in ("log", "now", "result")),
        f"{TENANT}live",
        f"{TENANT}servers/<label:server>/calls",
        f"{TENANT}servers/<label:server>/connect/now",
        f"{TENANT}servers/<label:server>/resources/<uuid:hosted_resource_id>/content",
        f"{TENANT}servers/<label:server>/sessions/now",
        "accounts/password/set/",
        "start/slug",
    }
)
"""Parts of pages, a download, an event stream, and a redirection: nobody looks at them alone."""

SEEN: Final[set[str]] = set()


def note(url: str) -> None:
    """A page at this URL is being examined."""
    try:
        SEEN.add(resolve(urlsplit(url).path).route)
    except Resolver404:
        return


def unseen() -> list[str]:
    """The pages that nobody has looked at."""
    pages = {route for method, route in django_routes() if method in ("GET", ANY) and route.startswith(PLACES)}
    return sorted(pages - PARTS - SEEN)


def is_everything(config: pytest.Config) -> bool:
    """True where all tests of the folder were asked for, and not some of them."""
    chosen = (
        config.option.keyword or config.option.markexpr or config.option.collectonly or config.getoption("lf", False)
    )
    return not chosen and [Path(each).resolve() for each in config.args] == [ROOT / "tests" / "browser"]
