"""One probe for every page of the dashboard and method that it takes: what its owner sends, and what they get to see.

Whoever adds a page adds a line here, in the order of the routes. A page that only shows something declares
`methods=("GET",)`, one that only does something `methods=("POST",)`: each method it takes has its probe.
"""

from collections.abc import Callable
from typing import Any, Final

from control_plane.dashboard.oauth_client_forms import secret_mark
from control_plane.dashboard.once import once_token
from tenants.services.egress_allowances import METHODS
from tests.security import (
    fan_out_probes,
    hosted_probes,
    http_tool_probes,
    openapi_probes,
    upstream_account_probes,
    upstream_probes,
)
from tests.security.inventory import Route
from tests.security.page_probe import PageProbe
from tests.security.world import CANARY, World

PREFIX: Final = "app/"
TENANT: Final = f"{PREFIX}<label:tenant>/"
SERVER: Final = f"{TENANT}servers/<label:server>/"
TOOL: Final = f"{SERVER}tools/<tool:tool>/"


def text(shown: str) -> Callable[[World], str]:
    """The same for every world."""
    return lambda _: shown


PERSONAL: Final[dict[Route, PageProbe]] = {Route("GET", PREFIX): PageProbe(status=302)}
"""Pages of no single tenant, which show everybody their own."""


def new_key(_: World) -> dict[str, Any]:
    """A key that callers may make, too."""
    return {
        "once": once_token("/app/acme/keys/new"),
        "name": f"Key {CANARY}",
        "scopes": ["mcp:read"],
        "reach": "all",
        "lifetime": "7",
    }


MEMBER: Final = f"{TENANT}members/<uuid:user_id>/"
INVITATION: Final = f"{TENANT}members/invitations/<uuid:invitation_id>/"


def new_client(_: World) -> dict[str, Any]:
    """A client with a secret."""
    token = once_token("/app/acme/clients/new")
    return {"once": token, "name": "New", "redirect_uris": "https://a.example/", "auth_method": "client_secret_post"}


def shown_secret(world: World) -> dict[str, Any]:
    """The mark of the secret that is to be replaced."""
    return {"mark": secret_mark(world.acme.oauth_client.oauth_client)}


CLIENT: Final = f"{TENANT}clients/<uuid:oauth_client_id>/"
CONNECTION: Final = f"{TENANT}connections/<uuid:connection_id>/"
KEY: Final = f"{TENANT}keys/<uuid:api_key_id>/"

JOB: Final = f"{TENANT}jobs/<uuid:job_id>/"

OPEN_SESSION: Final = f"{SERVER}sessions/<session:session_id>/"
OPEN_STREAM: Final = f"{SERVER}streams/<stream:stream_id>/"
PERMISSIONS: Final = f"{SERVER}permissions/"
PROMPT: Final = f"{SERVER}prompts/<uuid:prompt_id>/"
RESOURCE: Final = f"{SERVER}resources/<uuid:resource_id>/"
SECRET: Final = f"{TENANT}secrets/<uuid:secret_id>/"
PLAYGROUND: Final = f"{TENANT}playground/<label:server>/"


def key_on_the_spot(world: World) -> dict[str, Any]:
    """A key within a set-up."""
    return {"once": once_token(f"/app/acme/servers/{world.acme.server.slug}/connect/")}


def server_named(world: World) -> str:
    """The name of acme's server, which is on each of its pages."""
    return world.acme.server.name


def tool_named(world: World) -> str:
    """The name of its tool."""
    return world.acme.tool.name


def cell(world: World) -> dict[str, Any]:
    """Let callers call the tool."""
    return {"cell": f"caller|tool:{world.acme.tool.pk}|1"}


def exception(world: World) -> dict[str, Any]:
    """Deny max everything."""
    return {"person": str(world.cast.max.user.pk), "effect": "deny", "target": "server:"}


def selection(world: World) -> dict[str, Any]:
    """One tool for the key."""
    return {"reach": "chosen", "tools": [str(world.acme.tool.pk)]}


PROBES: Final[dict[Route, PageProbe]] = {
    Route("GET", TENANT): PageProbe(shows=tool_named, of_max=200),
    Route("GET", f"{TENANT}calls/"): PageProbe(of_max=200),
    Route("GET", f"{TENANT}clients/"): PageProbe(),
    Route("GET", CLIENT): PageProbe(),
    Route("POST", CLIENT): PageProbe(lambda _: {"name": "Other", "redirect_uris": "https://app.example/"}),
    Route("POST", f"{CLIENT}delete"): PageProbe(),
    Route("POST", f"{CLIENT}rotate"): PageProbe(shown_secret, status=200),
    Route("GET", f"{TENANT}clients/new"): PageProbe(),
    Route("POST", f"{TENANT}clients/new"): PageProbe(new_client, status=200),
    Route("GET", f"{TENANT}connections/"): PageProbe(of_max=200),
    Route("GET", CONNECTION): PageProbe(of_max=404),
    Route("POST", CONNECTION): PageProbe(lambda _: {"reach": "all"}, of_max=404),
    Route("POST", f"{CONNECTION}revoke"): PageProbe(of_max=404),
    Route("POST", f"{TENANT}connections/revoke"): PageProbe(
        lambda world: {"client": world.acme.connection.client_id}, of_max=302
    ),
    Route("GET", f"{TENANT}calls/<uuid:call_id>/"): PageProbe(of_max=404),
    Route("GET", f"{TENANT}calls/news"): PageProbe(shows=text(" new calls"), of_max=200),
    Route("POST", f"{TENANT}home/first-call/dismiss"): PageProbe(of_max=302),
    Route("GET", f"{TENANT}home/now"): PageProbe(shows=tool_named, of_max=200),
    Route("GET", f"{TENANT}jobs/"): PageProbe(of_max=200),
    Route("GET", JOB): PageProbe(shows=text(f"line {CANARY}"), of_max=404),
    Route("POST", f"{JOB}again"): PageProbe(of_max=404),
    Route("POST", f"{JOB}cancel"): PageProbe(of_max=404),
    Route("GET", f"{JOB}log"): PageProbe(shows=text(f"line {CANARY}"), of_max=404),
    Route("GET", f"{JOB}now"): PageProbe(shows=text(f"result {CANARY}"), of_max=404),
    Route("GET", f"{JOB}result"): PageProbe(shows=text(f"result {CANARY}"), of_max=404),
    Route("GET", f"{TENANT}jobs/news"): PageProbe(shows=text(" new job"), of_max=200),
    Route("GET", f"{TENANT}jobs/rows"): PageProbe(shows=text("job-rows"), of_max=200),
    Route("GET", f"{TENANT}keys/"): PageProbe(of_max=200),
    Route("GET", KEY): PageProbe(of_max=404),
    Route("POST", f"{KEY}revoke"): PageProbe(of_max=404),
    Route("POST", f"{KEY}rotate"): PageProbe(lambda _: {"overlap": "24"}, status=200, of_max=404),
    Route("GET", f"{TENANT}keys/new"): PageProbe(of_max=200),
    Route("POST", f"{TENANT}keys/new"): PageProbe(new_key, status=200, of_max=200),
    Route("GET", f"{TENANT}live"): PageProbe(shows=None, of_max=200, is_stream=True),
    Route("GET", f"{TENANT}members/"): PageProbe(),
    Route("GET", MEMBER): PageProbe(),
    Route("POST", MEMBER): PageProbe(lambda _: {"role": "owner"}),
    Route("POST", f"{MEMBER}remove"): PageProbe(),
    Route("POST", f"{INVITATION}resend"): PageProbe(),
    Route("POST", f"{INVITATION}revoke"): PageProbe(),
    Route("GET", f"{TENANT}members/invite"): PageProbe(),
    Route("POST", f"{TENANT}members/invite"): PageProbe(lambda _: {"emails": "new@acme.test", "role": "owner"}),
    Route("GET", f"{TENANT}permissions/"): PageProbe(shows=server_named),
    Route("GET", f"{TENANT}playground/"): PageProbe(shows=server_named, of_max=200),
    Route("GET", PLAYGROUND): PageProbe(shows=server_named, of_max=200),
    Route("POST", f"{PLAYGROUND}key"): PageProbe(shows=text("atk_"), status=200, of_max=200),
    Route("GET", f"{PLAYGROUND}<tool:tool>/"): PageProbe(shows=server_named, of_max=404),
    Route("GET", f"{TENANT}secrets/"): PageProbe(),
    Route("GET", SECRET): PageProbe(),
    Route("POST", SECRET): PageProbe(lambda _: {"description": "Other"}),
    Route("POST", f"{SECRET}delete"): PageProbe(lambda _: {"force": "1"}),
    Route("GET", f"{SECRET}rotate"): PageProbe(),
    Route("POST", f"{SECRET}rotate"): PageProbe(lambda _: {"value": "another value"}),
    Route("GET", f"{TENANT}secrets/new"): PageProbe(),
    Route("POST", f"{TENANT}secrets/new"): PageProbe(lambda _: {"name": "new", "value": "a new value"}),
    Route("GET", f"{TENANT}servers/"): PageProbe(shows=server_named, of_max=200),
    Route("GET", SERVER): PageProbe(shows=tool_named, of_max=200),
    Route("GET", f"{SERVER}calls"): PageProbe(shows=tool_named, of_max=200),
    Route("GET", f"{SERVER}connect/"): PageProbe(shows=tool_named, of_max=200),
    Route("POST", f"{SERVER}connect/"): PageProbe(key_on_the_spot, shows=text("atk_"), status=200, of_max=200),
    Route("GET", f"{SERVER}connect/now"): PageProbe(shows=tool_named, of_max=200),
    Route("GET", PERMISSIONS): PageProbe(shows=tool_named),
    Route("POST", f"{PERMISSIONS}cell"): PageProbe(cell),
    Route("GET", f"{PERMISSIONS}check"): PageProbe(shows=tool_named),
    Route("POST", f"{PERMISSIONS}clients/reset"): PageProbe(lambda world: {"client": world.application.client_id}),
    Route("GET", f"{PERMISSIONS}keys/"): PageProbe(shows=text(f"spare {CANARY}")),
    Route("GET", f"{PERMISSIONS}keys/<uuid:api_key_id>/"): PageProbe(shows=text(f"spare {CANARY}")),
    Route("POST", f"{PERMISSIONS}keys/<uuid:api_key_id>/"): PageProbe(selection),
    Route("GET", f"{PERMISSIONS}people/"): PageProbe(shows=tool_named),
    Route("POST", f"{PERMISSIONS}people/"): PageProbe(exception),
    Route("POST", f"{PERMISSIONS}people/<uuid:grant_id>/remove"): PageProbe(),
    **openapi_probes.OF_PAGES,
    **fan_out_probes.OF_PAGES,
    **http_tool_probes.OF_PAGES,
    **hosted_probes.OF_PAGES,
    Route("GET", f"{SERVER}prompts/"): PageProbe(of_max=200),
    Route("GET", PROMPT): PageProbe(shows=text(f"Description {CANARY}"), of_max=200),
    Route("POST", PROMPT): PageProbe(lambda _: {"name": "renamed"}),
    Route("POST", f"{PROMPT}enabled"): PageProbe(),
    Route("POST", f"{PROMPT}remove"): PageProbe(),
    Route("GET", f"{SERVER}prompts/add"): PageProbe(),
    Route("POST", f"{SERVER}prompts/add"): PageProbe(lambda _: {"chosen": ["prompt ledger close_month"]}),
    Route("GET", f"{SERVER}resources/"): PageProbe(of_max=200),
    Route("GET", RESOURCE): PageProbe(shows=text(f"Description {CANARY}"), of_max=200),
    Route("POST", RESOURCE): PageProbe(lambda _: {"name": "renamed"}),
    Route("POST", f"{RESOURCE}enabled"): PageProbe(),
    Route("POST", f"{RESOURCE}remove"): PageProbe(),
    Route("GET", f"{SERVER}resources/add"): PageProbe(),
    Route("POST", f"{SERVER}resources/add"): PageProbe(lambda _: {"chosen": ["resource ledger ledger://accounts"]}),
    Route("GET", f"{SERVER}sessions/"): PageProbe(of_max=200),
    Route("GET", OPEN_SESSION): PageProbe(of_max=404),
    Route("POST", f"{OPEN_SESSION}end"): PageProbe(of_max=404),
    Route("POST", f"{SERVER}sessions/end"): PageProbe(of_max=302),
    Route("GET", f"{SERVER}sessions/now"): PageProbe(of_max=200),
    Route("GET", f"{SERVER}settings/"): PageProbe(shows=text(f"Instructions {CANARY}")),
    Route("POST", f"{SERVER}settings/"): PageProbe(lambda _: {"name": "Renamed"}),
    Route("POST", f"{SERVER}settings/delete"): PageProbe(lambda world: {"confirmation": world.acme.server.slug}),
    Route("POST", f"{SERVER}settings/resume"): PageProbe(),
    Route("POST", f"{SERVER}settings/slug"): PageProbe(lambda _: {"slug": "moved"}),
    Route("POST", f"{SERVER}settings/suspend"): PageProbe(),
    Route("GET", OPEN_STREAM): PageProbe(of_max=404),
    Route("POST", f"{OPEN_STREAM}close"): PageProbe(of_max=404),
    Route("GET", f"{SERVER}tools/"): PageProbe(shows=tool_named),
    Route("GET", TOOL): PageProbe(shows=text(f"Description {CANARY}")),
    Route("POST", TOOL): PageProbe(lambda _: {"name": "renamed"}),
    Route("POST", f"{TOOL}enabled"): PageProbe(),
    Route("POST", f"{TOOL}remove"): PageProbe(),
    **upstream_account_probes.OF_PAGES,
    **upstream_probes.OF_PAGES,
    Route("GET", f"{SERVER}tools/add"): PageProbe(),
    Route("POST", f"{SERVER}tools/add"): PageProbe(lambda _: {"tools": ["time/time_now"]}),
    Route("GET", f"{TENANT}servers/new"): PageProbe(),
    Route("POST", f"{TENANT}servers/new"): PageProbe(lambda _: {"name": "New", "slug": "new", "toolkits": ["text"]}),
    Route("POST", f"{TENANT}settings/leave"): PageProbe(of_max=302),
    Route("GET", f"{TENANT}settings/"): PageProbe(of_max=200),
    Route("POST", f"{TENANT}settings/"): PageProbe(lambda _: {"name": "Other", "audit": "strict"}),
    Route("GET", f"{TENANT}settings/way-out"): PageProbe(of_max=200),
    Route("POST", f"{TENANT}settings/way-out"): PageProbe(lambda _: {"hosts": "", "methods": METHODS}),
    Route("GET", f"{TENANT}settings/you"): PageProbe(of_max=200),
    Route("POST", f"{TENANT}settings/you"): PageProbe(lambda _: {"name": "Other"}, of_max=302),
    Route("POST", f"{TENANT}settings/you/sign-out"): PageProbe(lambda _: {"password": "x"}, status=422, of_max=422),
}
"""Pages of a tenant."""


def is_page(route: Route) -> bool:
    """A page of the dashboard, whose probe is here."""
    return route in PROBES or route in PERSONAL
