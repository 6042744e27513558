"""The probes of fan-out tools: over REST, and their pages."""

from typing import Any, Final

from tests.security.inventory import Route
from tests.security.page_probe import PageProbe
from tests.security.probe import Probe
from tests.security.world import CANARY, World

OF_SERVER: Final = "api/v1/tenants/<label:tenant>/servers/<label:server>/fan-out-tools"
PAGES: Final = "app/<label:tenant>/servers/<label:server>/fan-out"


def tool(_: World) -> dict[str, Any]:
    """Another definition."""
    url = f"https://{CANARY}.example/v1"
    backends = [{"kind": "model", "name": CANARY, "style": "openai", "base_url": url, "model": "m"}]
    return {"definition": {"name": f"other_{CANARY}", "strategy": "fastest", "backends": backends}}


def form(_: World) -> dict[str, Any]:
    """The same on a page."""
    url = f"https://{CANARY}.example/v1"
    return {"name": "other_ask", "strategy": "fastest", "what_0": "openai", "base_url_0": url, "model_0": "m"}


OF_API: Final = {
    Route("POST", OF_SERVER): Probe(tool, status=201),
    Route("GET", f"{OF_SERVER}/<tool:fan_out>"): Probe(),
    Route("PUT", f"{OF_SERVER}/<tool:fan_out>"): Probe(tool),
}

OF_PAGES: Final = {
    Route("GET", f"{PAGES}/new"): PageProbe(),
    Route("POST", f"{PAGES}/new"): PageProbe(form, shows=None),
    Route("GET", f"{PAGES}/<tool:fan_out>/"): PageProbe(),
    Route("POST", f"{PAGES}/<tool:fan_out>/"): PageProbe(form, shows=None),
}
