"""The probes of OpenAPI documents: over REST, and their pages."""

from typing import Any, Final

from tests.security.inventory import Route
from tests.security.openapi_source import document_text
from tests.security.page_probe import PageProbe
from tests.security.probe import Probe
from tests.security.world import CANARY, World

SOURCES: Final = "api/v1/tenants/<label:tenant>/servers/<label:server>/openapi-sources"
SOURCE: Final = f"{SOURCES}/<uuid:source_id>"
PAGES: Final = "app/<label:tenant>/servers/<label:server>/openapi/"
PAGE: Final = f"{PAGES}<uuid:source_id>/"


def text(_: World) -> dict[str, Any]:
    """A document, as a form has it."""
    return {"text": document_text(CANARY, "Look at")}


def document(_: World) -> dict[str, Any]:
    """The same over REST."""
    return {"document": document_text(CANARY, "Look at")}


def waiting(world: World) -> dict[str, Any]:
    """The version that waits."""
    return {"digest": world.acme.source.pending_digest}


OF_API: Final = {
    Route("GET", SOURCES): Probe(),
    Route("POST", SOURCES): Probe(document, status=201),
    Route("GET", SOURCE): Probe(),
    Route("PATCH", SOURCE): Probe(lambda _: {"title": f"Other {CANARY}"}),
    Route("DELETE", SOURCE): Probe(shows=None, status=204),
    Route("GET", f"{SOURCE}/operations"): Probe(),
    Route("GET", f"{SOURCE}/operation"): Probe(),
    Route("POST", f"{SOURCE}/tools"): Probe(lambda _: {"operations": ["GET /lines"]}, status=201),
    Route("GET", f"{SOURCE}/version"): Probe(),
    Route("POST", f"{SOURCE}/version"): Probe(document),
    Route("DELETE", f"{SOURCE}/version"): Probe(shows=None, status=204),
    Route("POST", f"{SOURCE}/version/apply"): Probe(waiting),
}

OF_PAGES: Final = {
    Route("GET", PAGES): PageProbe(),
    Route("GET", f"{PAGES}new"): PageProbe(),
    Route("POST", f"{PAGES}new"): PageProbe(text),
    Route("GET", PAGE): PageProbe(),
    Route("POST", PAGE): PageProbe(lambda _: {"operations": "GET /lines", "do": "add"}),
    Route("POST", f"{PAGE}delete"): PageProbe(lambda _: {"tools": "remove"}),
    Route("GET", f"{PAGE}operation"): PageProbe(),
    Route("GET", f"{PAGE}settings"): PageProbe(),
    Route("POST", f"{PAGE}settings"): PageProbe(lambda _: {"title": "Other", "base_url": "https://other.example"}),
    Route("GET", f"{PAGE}version"): PageProbe(),
    Route("POST", f"{PAGE}version"): PageProbe(text),
    Route("POST", f"{PAGE}version/apply"): PageProbe(waiting),
    Route("POST", f"{PAGE}version/dismiss"): PageProbe(),
}
