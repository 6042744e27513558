"""One probe for every operation of the management API: what its owner sends, and what they get to see."""

from typing import Final

from tests.security import (
    fan_out_probes,
    hosted_probes,
    http_tool_probes,
    openapi_probes,
    upstream_account_probes,
    upstream_probes,
)
from tests.security.inventory import Route
from tests.security.probe import Probe
from tests.security.world import CANARY, World

TENANT: Final = "api/v1/tenants/<label:tenant>"
SERVER: Final = f"{TENANT}/servers/<label:server>"
TOOL: Final = f"{SERVER}/tools/<tool:tool>"
RESOURCE: Final = f"{SERVER}/resources/<uuid:resource_id>"
TEMPLATE: Final = f"{SERVER}/templates/<uuid:template_id>"
PROMPT: Final = f"{SERVER}/prompts/<uuid:prompt_id>"
GRANT: Final = f"{SERVER}/grants/<uuid:grant_id>"
MEMBER: Final = f"{TENANT}/members/<uuid:user_id>"
INVITATION: Final = f"{TENANT}/invitations/<uuid:invitation_id>"
KEY: Final = f"{TENANT}/api-keys/<uuid:api_key_id>"
OAUTH_CONNECTION: Final = f"{TENANT}/connections/<uuid:connection_id>"
JOB: Final = f"{TENANT}/jobs/<uuid:job_id>"
CLIENT: Final = f"{TENANT}/oauth-clients/<uuid:oauth_client_id>"
SECRET: Final = f"{TENANT}/secrets/<uuid:secret_id>"


CLOSED: Final = {"hosts": ["only.example.com"], "methods": ["GET", "POST"]}
"""All but one host."""


def ada_id(world: World) -> str:
    """The owner's id, where no text is shown."""
    return str(world.cast.ada.user.pk)


def max_id(world: World) -> str:
    """A member's id."""
    return str(world.cast.max.user.pk)


def spare_family(world: World) -> str:
    """What names a key in grants."""
    return str(world.acme.keys["spare"].api_key.family)


def statement(world: World) -> dict[str, str]:
    """A grant for the owner's key."""
    return {"subject_kind": "api_key", "subject": spare_family(world), "target_kind": "server"}


PROBES: Final = {
    Route("GET", TENANT): Probe(of_max=200),
    Route("PATCH", TENANT): Probe(lambda _: {"audit": "strict"}),
    Route("DELETE", f"{TENANT}/membership"): Probe(shows=lambda _: "last_owner", status=409, of_max=204),
    Route("GET", f"{TENANT}/plan"): Probe(shows=lambda _: "calls_per_day", of_max=200),
    Route("GET", f"{TENANT}/egress-allowance"): Probe(shows=lambda _: "hosts", of_max=200),
    Route("PUT", f"{TENANT}/egress-allowance"): Probe(lambda _: CLOSED, shows=lambda _: "only.example.com"),
    Route("POST", f"{TENANT}/egress-allowance/preview"): Probe(lambda _: CLOSED, shows=lambda _: "host_not_allowed"),
    Route("GET", f"{TENANT}/members"): Probe(shows=max_id),
    Route("GET", MEMBER): Probe(shows=max_id),
    Route("PATCH", MEMBER): Probe(lambda _: {"role": "owner"}, shows=max_id),
    Route("DELETE", MEMBER): Probe(shows=None, status=204),
    Route("GET", f"{TENANT}/invitations"): Probe(),
    Route("POST", f"{TENANT}/invitations"): Probe(
        lambda world: {"email": world.newcomer.email, "role": "caller"}, status=201
    ),
    Route("GET", INVITATION): Probe(),
    Route("DELETE", INVITATION): Probe(shows=None, status=204),
    Route("POST", f"{INVITATION}/resend"): Probe(),
    Route("GET", f"{TENANT}/servers"): Probe(of_max=200),
    Route("POST", f"{TENANT}/servers"): Probe(lambda _: {"slug": "new", "name": f"New {CANARY}"}, status=201),
    Route("GET", SERVER): Probe(of_max=200),
    Route("PATCH", SERVER): Probe(lambda _: {"allowed_origins": ["https://evil.example"]}),
    Route("DELETE", SERVER): Probe(shows=None, status=204),
    Route("POST", f"{SERVER}/suspend"): Probe(),
    Route("POST", f"{SERVER}/resume"): Probe(),
    Route("POST", f"{SERVER}/rename"): Probe(lambda _: {"slug": "renamed"}),
    Route("GET", f"{SERVER}/tools"): Probe(),
    Route("POST", f"{SERVER}/tools"): Probe(
        lambda _: {"toolkit": "time", "tool": "time_now", "name": f"t_{CANARY}"}, status=201
    ),
    Route("GET", TOOL): Probe(),
    Route("PATCH", TOOL): Probe(lambda _: {"is_enabled": False}),
    Route("DELETE", TOOL): Probe(shows=None, status=204),
    Route("GET", f"{SERVER}/resources"): Probe(of_max=200),
    Route("POST", f"{SERVER}/resources"): Probe(
        lambda _: {"toolkit": "ledger", "uri": "ledger://accounts", "name": f"r {CANARY}"}, status=201
    ),
    Route("GET", RESOURCE): Probe(of_max=200),
    Route("PATCH", RESOURCE): Probe(lambda _: {"is_enabled": False}),
    Route("DELETE", RESOURCE): Probe(shows=None, status=204),
    **hosted_probes.OF_API,
    **fan_out_probes.OF_API,
    **http_tool_probes.OF_API,
    **openapi_probes.OF_API,
    **upstream_account_probes.OF_API,
    **upstream_probes.OF_API,
    Route("GET", f"{SERVER}/templates"): Probe(of_max=200),
    Route("POST", f"{SERVER}/templates"): Probe(
        lambda _: {"toolkit": "ledger", "uri_template": "ledger://{year}", "name": f"t {CANARY}"}, status=201
    ),
    Route("GET", TEMPLATE): Probe(of_max=200),
    Route("PATCH", TEMPLATE): Probe(lambda _: {"is_enabled": False}),
    Route("DELETE", TEMPLATE): Probe(shows=None, status=204),
    Route("GET", f"{SERVER}/prompts"): Probe(of_max=200),
    Route("POST", f"{SERVER}/prompts"): Probe(
        lambda _: {"toolkit": "ledger", "prompt": "close_month", "name": f"p_{CANARY}"}, status=201
    ),
    Route("GET", PROMPT): Probe(of_max=200),
    Route("PATCH", PROMPT): Probe(lambda _: {"is_enabled": False}),
    Route("DELETE", PROMPT): Probe(shows=None, status=204),
    Route("GET", f"{SERVER}/grants"): Probe(shows=ada_id),
    Route("PUT", f"{SERVER}/grants"): Probe(statement, shows=spare_family),
    Route("GET", GRANT): Probe(shows=ada_id),
    Route("DELETE", GRANT): Probe(shows=None, status=204),
    Route("GET", f"{TENANT}/api-keys"): Probe(of_max=200),
    Route("POST", f"{TENANT}/api-keys"): Probe(
        lambda _: {"name": f"Key {CANARY}", "scopes": ["manage:read"]}, status=201, of_max=201
    ),
    Route("GET", KEY): Probe(of_max=404),
    Route("DELETE", KEY): Probe(of_max=404),
    Route("POST", f"{KEY}/rotate"): Probe(status=201, of_max=404),
    Route("GET", f"{TENANT}/oauth-clients"): Probe(),
    Route("POST", f"{TENANT}/oauth-clients"): Probe(
        lambda _: {"name": f"Client {CANARY}", "redirect_uris": ["https://client.example/"]}, status=201
    ),
    Route("GET", CLIENT): Probe(),
    Route("PATCH", CLIENT): Probe(lambda _: {"redirect_uris": ["https://evil.example/"]}),
    Route("DELETE", CLIENT): Probe(shows=None, status=204),
    Route("POST", f"{CLIENT}/rotate"): Probe(status=201),
    Route("GET", f"{TENANT}/secrets"): Probe(),
    Route("POST", f"{TENANT}/secrets"): Probe(
        lambda _: {"name": f"new-{CANARY}", "value": "a new value", "description": "New"}, status=201
    ),
    Route("GET", f"{TENANT}/secrets/changes"): Probe(),
    Route("GET", SECRET): Probe(),
    Route("PATCH", SECRET): Probe(lambda _: {"description": "Other"}),
    Route("DELETE", SECRET): Probe(shows=lambda _: "in_use", status=409),
    Route("POST", f"{SECRET}/rotate"): Probe(lambda _: {"value": "another value"}),
    Route("GET", f"{TENANT}/connections"): Probe(of_max=200),
    Route("GET", OAUTH_CONNECTION): Probe(of_max=404),
    Route("PATCH", OAUTH_CONNECTION): Probe(lambda _: {"tools": None}, of_max=404),
    Route("DELETE", OAUTH_CONNECTION): Probe(of_max=404),
    Route("GET", f"{SERVER}/permissions"): Probe(of_max=200),
    Route("GET", f"{SERVER}/sessions"): Probe(of_max=200),
    Route("POST", f"{SERVER}/sessions/end"): Probe(lambda _: {}, shows=lambda _: '"sessions":1', of_max=200),
    Route("DELETE", f"{SERVER}/sessions/<session:session_id>"): Probe(shows=None, status=204, of_max=404),
    Route("GET", f"{SERVER}/streams"): Probe(of_max=200),
    Route("DELETE", f"{SERVER}/streams/<stream:stream_id>"): Probe(shows=None, status=204, of_max=404),
    Route("GET", f"{TENANT}/usage"): Probe(shows=lambda _: '"limit":50000', of_max=200),
    Route("GET", f"{TENANT}/jobs"): Probe(of_max=200),
    Route("GET", JOB): Probe(of_max=404),
    Route("GET", f"{JOB}/log"): Probe(of_max=404),
    Route("GET", f"{JOB}/result"): Probe(of_max=404),
    Route("POST", f"{JOB}/cancel"): Probe(of_max=404),
    Route("POST", f"{JOB}/retry"): Probe(status=201, of_max=404),
    Route("GET", f"{TENANT}/calls"): Probe(of_max=200),
    Route("GET", f"{TENANT}/calls/<uuid:call_id>"): Probe(of_max=404),
}
"""Of everything that belongs to a tenant."""

KNOWN: Final = {
    Route("GET", "api/v1/tenants"),
    Route("GET", "api/v1/toolkits"),
    *(Route("GET", f"api/v1/toolkits/{what}") for what in ("resources", "templates", "prompts")),
}
"""What everybody known may ask, each with an answer of their own or one that is about nobody."""

OWN: Final = {Route("POST", "api/v1/tenants")}
"""What a person who signed in may make for themselves."""

PUBLIC: Final = {
    Route("ANY", route)
    for route in (
        *("", "livez", "readyz", "operator/login/", "app/-/components"),
        *("api/schema", "api/docs", "api/<path:anything>"),
        # Who may be let in to what is asked in tests/control_plane/oauth.
        *(".well-known/oauth-authorization-server", "oauth/authorize", "oauth/token", "oauth/revoke", "oauth/register"),
        *("upstreams/callback", "upstreams/client.json"),
    )
}
"""What anybody may ask, and what says the same to all."""

BY_TOKEN: Final = {Route("ANY", route) for route in ("health", "metrics", "metrics/jobs")}
"""What the holder of METRICS_TOKEN may ask."""
