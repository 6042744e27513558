"""The probes of upstreams: over REST, and their pages."""

from typing import Any, Final

from tests.security.inventory import Route
from tests.security.page_probe import PageProbe
from tests.security.probe import Probe
from tests.security.world import CANARY, World

TENANT: Final = "api/v1/tenants/<label:tenant>"
UPSTREAM: Final = f"{TENANT}/upstreams/<uuid:upstream_id>"


def connecting(_: World) -> dict[str, Any]:
    """Another upstream."""
    return {"prefix": "another", "name": f"Another {CANARY}", "url": "https://another.example.com/mcp"}


def seen(world: World) -> dict[str, Any]:
    """A decision about what has changed."""
    row = world.acme.upstream.definition
    return {"definitions": {str(row.pk): row.offered_digest}}


def approved(world: World) -> dict[str, Any]:
    """What a server may have."""
    return {"definitions": [str(world.acme.upstream.approved.pk)]}


OF_API: Final = {
    Route("GET", f"{TENANT}/upstreams"): Probe(),
    Route("POST", f"{TENANT}/upstreams"): Probe(connecting, status=201),
    Route("GET", f"{TENANT}/upstreams/changes"): Probe(),
    Route("GET", UPSTREAM): Probe(),
    Route("PATCH", UPSTREAM): Probe(lambda _: {"concurrency": 5}),
    Route("DELETE", UPSTREAM): Probe(shows=None, status=204),
    Route("POST", f"{UPSTREAM}/read"): Probe(),
    Route("POST", f"{UPSTREAM}/approve"): Probe(seen),
    Route("POST", f"{UPSTREAM}/refuse"): Probe(seen),
    Route("GET", f"{UPSTREAM}/definitions"): Probe(),
    Route("GET", f"{UPSTREAM}/definitions/<uuid:definition_id>"): Probe(),
    Route("POST", f"{TENANT}/servers/<label:server>/upstream-items"): Probe(approved, shows=lambda _: '"added":1'),
}


PAGE: Final = "app/<label:tenant>/upstreams/<uuid:upstream_id>/"


def form(_: World) -> dict[str, Any]:
    """How it is reached."""
    return {
        "name": "Other",
        "url": "https://other.example.com/mcp",
        "auth": "none",
        "era": "auto",
        "concurrency": "5",
    }


def decided(world: World) -> dict[str, Any]:
    """What has changed, approved as it was seen."""
    row = world.acme.upstream.definition
    return {"decision": "approve", "seen": [f"{row.pk}:{row.offered_digest}"]}


def added(world: World) -> dict[str, Any]:
    """A tool for acme's server."""
    return {"server": world.acme.server.slug, "chosen": approved(world)["definitions"]}


OF_PAGES: Final = {
    Route("GET", "app/<label:tenant>/upstreams/"): PageProbe(),
    Route("GET", PAGE): PageProbe(),
    Route("POST", f"{PAGE}add"): PageProbe(added),
    Route("POST", f"{PAGE}decide"): PageProbe(decided),
    Route("GET", f"{PAGE}definitions/<uuid:definition_id>/"): PageProbe(),
    Route("POST", f"{PAGE}delete"): PageProbe(),
    Route("POST", f"{PAGE}read"): PageProbe(),
    Route("GET", f"{PAGE}settings"): PageProbe(),
    Route("POST", f"{PAGE}settings"): PageProbe(form),
    Route("GET", "app/<label:tenant>/upstreams/new"): PageProbe(),
    Route("POST", "app/<label:tenant>/upstreams/new"): PageProbe(lambda world: {**form(world), "prefix": "another"}),
}
