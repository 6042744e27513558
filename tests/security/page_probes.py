"""One probe for every page of the dashboard and method that it takes: what its owner sends, and what they get to see.

Whoever adds a page adds a line here, in the order of the routes. A page that only shows something declares
`methods=("GET",)`, one that only does something `methods=("POST",)`: each method it takes has its probe.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from control_plane.dashboard.once import once_token
from tests.security.inventory import Route
from tests.security.world import CANARY, World

PREFIX: Final = "app/"
TENANT: Final = f"{PREFIX}<label:tenant>/"
SERVER: Final = f"{TENANT}servers/<label:server>/"
TOOL: Final = f"{SERVER}tools/<tool:tool>/"


def text(shown: str) -> Callable[[World], str]:
    """The same for every world."""
    return lambda _: shown


def canary(_: World) -> str:
    """The mark in every text of acme."""
    return CANARY


def nothing_sent(_: World) -> dict[str, Any]:
    """A form without fields."""
    return {}


@dataclass(frozen=True)
class PageProbe:
    """`form` is what the owner posts, `status` what they get: 200 to a GET and 302 to a POST where it is not said.
    `shows` is what their answer must contain, None where it is a redirection or a stream. `of_max` is the status that
    a caller of the same tenant gets. `headers` are sent along, as htmx does. A stream is not read."""

    form: Callable[[World], dict[str, Any]] = nothing_sent
    shows: Callable[[World], str] | None = canary
    status: int | None = None
    of_max: int = 403
    headers: dict[str, str] = field(default_factory=dict)
    is_stream: bool = False

    def expected(self, method: str) -> int:
        """The owner's status."""
        return self.status or (302 if method == "POST" else 200)

    def shown(self, world: World, method: str) -> str:
        """What the owner's answer contains; empty where nothing is to be looked for."""
        redirects = 300 <= self.expected(method) < 400
        return "" if self.shows is None or self.is_stream or redirects else self.shows(world)


PERSONAL: Final[dict[Route, PageProbe]] = {}
"""Pages of no single tenant, which show everybody their own."""


def new_key(_: World) -> dict[str, Any]:
    """A key that callers may make, too."""
    return {"once": once_token(), "name": f"Key {CANARY}", "scopes": ["mcp:read"], "reach": "all", "lifetime": "7"}


KEY: Final = f"{TENANT}keys/<uuid:api_key_id>/"

PROBES: Final[dict[Route, PageProbe]] = {
    Route("GET", f"{TENANT}calls/"): PageProbe(of_max=200),
    Route("GET", f"{TENANT}calls/<uuid:call_id>/"): PageProbe(of_max=404),
    Route("GET", f"{TENANT}calls/news"): PageProbe(shows=text("1 new call"), of_max=200),
    Route("GET", f"{TENANT}keys/"): PageProbe(of_max=200),
    Route("GET", KEY): PageProbe(of_max=404),
    Route("POST", f"{KEY}revoke"): PageProbe(of_max=404),
    Route("POST", f"{KEY}rotate"): PageProbe(lambda _: {"overlap": "24"}, status=200, of_max=404),
    Route("GET", f"{TENANT}keys/new"): PageProbe(of_max=200),
    Route("POST", f"{TENANT}keys/new"): PageProbe(new_key, status=200, of_max=200),
    Route("GET", f"{TENANT}live"): PageProbe(shows=None, of_max=200, is_stream=True),
}
"""Pages of a tenant."""


def is_page(route: Route) -> bool:
    """A page of the dashboard, whose probe is here."""
    return route in PROBES or route in PERSONAL
