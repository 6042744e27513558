"""The probes of what a tenant hosts itself: over REST, and its pages."""

from typing import Any, Final

from tests.security.inventory import Route
from tests.security.page_probe import PageProbe
from tests.security.probe import Probe
from tests.security.world import CANARY, World

SERVER: Final = "api/v1/tenants/<label:tenant>/servers/<label:server>"
RESOURCE: Final = f"{SERVER}/resources/<uuid:hosted_resource_id>"
TEMPLATE: Final = f"{SERVER}/templates/<uuid:hosted_template_id>"
PROMPT: Final = f"{SERVER}/prompts/<uuid:hosted_prompt_id>"


def resource(_: World) -> dict[str, Any]:
    """Another resource."""
    return {"name": f"New {CANARY}", "uri": "own://new", "text": ""}


def template(_: World) -> dict[str, Any]:
    """Another template."""
    return {"name": f"New {CANARY}", "uri_template": "own://new/{x}", "text": f"{CANARY} {{{{x}}}}"}


def prompt(_: World) -> dict[str, Any]:
    """Another prompt."""
    return {"name": f"new_{CANARY}", "messages": [{"role": "user", "text": f"Hello {CANARY}"}]}


OF_API: Final = {
    Route("POST", f"{SERVER}/resources/hosted"): Probe(resource, status=201),
    Route("GET", f"{RESOURCE}/hosted"): Probe(of_max=200),
    Route("PUT", f"{RESOURCE}/hosted"): Probe(resource),
    Route("PUT", f"{RESOURCE}/content"): Probe(lambda _: {"any": "bytes"}),
    Route("POST", f"{SERVER}/templates/hosted"): Probe(template, status=201),
    Route("POST", f"{SERVER}/templates/preview"): Probe(lambda world: {**template(world), "values": {"x": "y"}}),
    Route("GET", f"{TEMPLATE}/hosted"): Probe(of_max=200),
    Route("PUT", f"{TEMPLATE}/hosted"): Probe(template),
    Route("POST", f"{SERVER}/prompts/hosted"): Probe(prompt, status=201),
    Route("POST", f"{SERVER}/prompts/preview"): Probe(lambda world: {**prompt(world), "values": {}}),
    Route("GET", f"{PROMPT}/hosted"): Probe(of_max=200),
    Route("PUT", f"{PROMPT}/hosted"): Probe(prompt),
}

PAGES: Final = "app/<label:tenant>/servers/<label:server>/"
OWN_RESOURCE: Final = f"{PAGES}resources/<uuid:hosted_resource_id>/"
OWN_PROMPT: Final = f"{PAGES}prompts/<uuid:hosted_prompt_id>/"


def prompt_rows(_: World) -> dict[str, Any]:
    """The form of a prompt."""
    return {"name": "new", "messages": "1", "message_0_role": "user", "message_0_text": "Hello"}


OF_PAGES: Final = {
    Route("GET", f"{PAGES}resources/new"): PageProbe(),
    Route("POST", f"{PAGES}resources/new"): PageProbe(resource),
    Route("GET", f"{PAGES}resources/new-template"): PageProbe(),
    Route("POST", f"{PAGES}resources/new-template"): PageProbe(template),
    Route("GET", f"{OWN_RESOURCE}content"): PageProbe(of_max=200),
    Route("GET", f"{OWN_RESOURCE}edit"): PageProbe(),
    Route("POST", f"{OWN_RESOURCE}edit"): PageProbe(resource),
    Route("GET", f"{PAGES}prompts/new"): PageProbe(),
    Route("POST", f"{PAGES}prompts/new"): PageProbe(prompt_rows),
    Route("GET", f"{OWN_PROMPT}edit"): PageProbe(),
    Route("POST", f"{OWN_PROMPT}edit"): PageProbe(prompt_rows),
}
