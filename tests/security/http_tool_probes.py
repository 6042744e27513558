"""The probes of HTTP tools: over REST, and their pages. What is tried leads nowhere, and says so."""

from typing import Any, Final

from tests.fixtures.http_tools import document
from tests.security.inventory import Route
from tests.security.page_probe import PageProbe
from tests.security.probe import Probe
from tests.security.world import CANARY, World

SERVER: Final = "api/v1/tenants/<label:tenant>/servers/<label:server>"
TOOL: Final = f"{SERVER}/http-tools/<tool:http_tool>"
NOWHERE: Final = f"https://{CANARY}.internal/{{id}}"


def tool(_: World) -> dict[str, Any]:
    """Another definition."""
    return {"definition": document(f"other_{CANARY}", url=NOWHERE)}


def trial(world: World) -> dict[str, Any]:
    """A call of it."""
    return {**tool(world), "arguments": {"id": "7"}}


OF_API: Final = {
    Route("POST", f"{SERVER}/http-tools"): Probe(tool, status=201),
    Route("GET", TOOL): Probe(),
    Route("PUT", TOOL): Probe(tool),
    Route("POST", f"{TOOL}/test"): Probe(lambda _: {"arguments": {}}, shows=lambda _: "invalid_arguments"),
    Route("POST", f"{SERVER}/http-tool-tests"): Probe(trial),
}

PAGES: Final = "app/<label:tenant>/servers/<label:server>/tools/"
REQUEST: Final = f"{PAGES}<tool:http_tool>/request"


def form(_: World) -> dict[str, str]:
    """A tool as its form sends it."""
    tables = {f"{name}-{word}_FORMS": "1" for name in ("parameters", "constants") for word in ("TOTAL", "INITIAL")}
    row = {"parameters-0-argument": "id", "parameters-0-location": "path", "parameters-0-type": "string"}
    return {**tables, **row, "do": "save", "name": "another", "method": "GET", "url": NOWHERE, "body": "none"}


OF_PAGES: Final = {
    Route("GET", f"{PAGES}new-http"): PageProbe(),
    Route("POST", f"{PAGES}new-http"): PageProbe(form),
    Route("GET", REQUEST): PageProbe(),
    Route("POST", REQUEST): PageProbe(form),
}
