"""The probes of HTTP tools: over REST, and their pages. What is tried leads nowhere, and says so."""

from typing import Any, Final

from tests.fixtures.http_tools import document
from tests.security.inventory import Route
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
