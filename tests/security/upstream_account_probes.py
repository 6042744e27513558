"""The probes of accounts at upstreams: over REST, and their pages."""

from typing import Any, Final

from tests.security.inventory import Route
from tests.security.page_probe import PageProbe
from tests.security.probe import Probe
from tests.security.world import World

API: Final = "api/v1/tenants/<label:tenant>"
OWN: Final = f"{API}/accounts/<uuid:account_upstream_id>"
TENANTS: Final = f"{API}/upstreams/<uuid:oauth_upstream_id>"

OF_API: Final = {
    Route("GET", f"{API}/accounts"): Probe(of_max=200),
    Route("GET", OWN): Probe(of_max=200),
    Route("DELETE", OWN): Probe(shows=None, status=204, of_max=404),
    Route("GET", f"{TENANTS}/account"): Probe(),
    Route("DELETE", f"{TENANTS}/account"): Probe(shows=None, status=204),
    Route("PUT", f"{TENANTS}/client"): Probe(lambda _: {"client_id": "by-hand"}),
}

PAGES: Final = "app/<label:tenant>"
OWN_PAGE: Final = f"{PAGES}/accounts/<uuid:account_upstream_id>/"
TENANTS_PAGE: Final = f"{PAGES}/upstreams/<uuid:oauth_upstream_id>/account/"


def hers(world: World) -> dict[str, Any]:
    """What ada has agreed to for herself. It is the same for whoever may go."""
    return {"mark": world.acme.upstream.own.agreed}


def everybodys(world: World) -> dict[str, Any]:
    """For the tenant."""
    return {"mark": world.acme.upstream.tenants.agreed}


OF_PAGES: Final = {
    Route("GET", f"{PAGES}/accounts/"): PageProbe(of_max=200),
    Route("GET", OWN_PAGE): PageProbe(of_max=200),
    Route("POST", f"{OWN_PAGE}connect"): PageProbe(hers, status=200, of_max=200),
    Route("POST", f"{OWN_PAGE}disconnect"): PageProbe(of_max=404),
    Route("POST", f"{OWN_PAGE}look"): PageProbe(of_max=302),
    Route("GET", TENANTS_PAGE): PageProbe(),
    Route("POST", f"{TENANTS_PAGE}client"): PageProbe(lambda _: {"client_id": "by-hand"}),
    Route("POST", f"{TENANTS_PAGE}connect"): PageProbe(everybodys, status=200),
    Route("POST", f"{TENANTS_PAGE}disconnect"): PageProbe(),
    Route("POST", f"{TENANTS_PAGE}look"): PageProbe(),
}
