"""One token, one server: the resource is the canonical URL of a server that the person may use, to the letter."""

from typing import Any

import pytest

from tenants.services.members import membership_role_set
from tenants.services.servers import server_create, server_suspend
from tests.control_plane.oauth.flow import FOREIGN, ISSUER, RESOURCE, VERIFIER, Flow, flow_of
from tests.control_plane.oauth.negatives import Negative, negatives, wrongly_answered, wrongly_refused
from tests.fixtures.cast import Cast

NEAR: dict[str, Any] = {
    "no URL": "demo",
    "a path": "/mcp/acme/demo",
    "no scheme": "//127.0.0.1:8000/mcp/acme/demo",
    "the issuer": ISSUER,
    "the root": f"{ISSUER}/",
    "every server": f"{ISSUER}/mcp",
    "the tenant": f"{ISSUER}/mcp/acme",
    "the tenant with a slash": f"{ISSUER}/mcp/acme/",
    "a child": f"{RESOURCE}/more",
    "a trailing slash": f"{RESOURCE}/",
    "a doubled slash": f"{ISSUER}//mcp/acme/demo",
    "a query": f"{RESOURCE}?x=1",
    "an empty query": f"{RESOURCE}?",
    "a fragment": f"{RESOURCE}#x",
    "an empty fragment": f"{RESOURCE}#",
    "a release": f"{RESOURCE}@1",
    "dot segments": f"{ISSUER}/mcp/globex/../acme/demo",
    "an escaped letter": f"{ISSUER}/mcp/acme/%64emo",
    "an escaped slash": f"{ISSUER}/mcp/acme%2fdemo",
    "an upper-case tenant": f"{ISSUER}/mcp/ACME/demo",
    "an upper-case server": f"{ISSUER}/mcp/acme/Demo",
    "an upper-case scheme": RESOURCE.replace("http", "HTTP"),
    "another scheme": RESOURCE.replace("http", "https"),
    "a websocket": RESOURCE.replace("http", "ws"),
    "localhost": RESOURCE.replace("127.0.0.1", "localhost"),
    "another port": RESOURCE.replace("8000", "8001"),
    "no port": RESOURCE.replace(":8000", ""),
    "another host": "https://evil.example/mcp/acme/demo",
    "a longer host": RESOURCE.replace(":8000", ":8000.evil.example"),
    "a user": RESOURCE.replace("//", "//user@"),
    "the host as a user": RESOURCE.replace(":8000", ":8000@evil.example"),
    "the metadata's URL": f"{ISSUER}/.well-known/oauth-protected-resource/mcp/acme/demo",
    "the management API": f"{ISSUER}/api/v1",
    "a space behind": f"{RESOURCE} ",
    "two in one": f"{RESOURCE} {FOREIGN}",
    "not ASCII": f"{ISSUER}/mcp/acme/d\u0435mo",
    "a slug of 64": f"{ISSUER}/mcp/acme/{'d' * 64}",
    "8,000 characters": f"{RESOURCE}{'x' * 8000}",
    "twice the same": [RESOURCE, RESOURCE],
    "two servers": [RESOURCE, FOREIGN],
}
TABLE = [
    *negatives("audience: a canonical URL", "authorize", "invalid_target", "resource", NEAR),
    *negatives(
        "audience: a server of one's own that serves",
        "authorize",
        "invalid_target",
        "resource",
        {"none of this name": f"{ISSUER}/mcp/acme/nothing", "a suspended one": f"{ISSUER}/mcp/acme/asleep"},
    ),
]
AUDITOR = Negative("audience: a role that calls", "authorize", "an auditor", "invalid_target")
OUTSIDER = Negative("audience: a tenant of one's own", "authorize", "another's", "a page")
OWN_CLIENT = Negative("audience: a tenant's client at that tenant", "authorize", "at another", "invalid_target")
OTHERS = {
    "another server of the tenant": f"{ISSUER}/mcp/acme/second",
    "another tenant's": FOREIGN,
    "the tenant": f"{ISSUER}/mcp/acme",
    "the issuer": ISSUER,
    "a child": f"{RESOURCE}/more",
    "a trailing slash": f"{RESOURCE}/",
    "another case": RESOURCE.upper(),
    "localhost": RESOURCE.replace("127.0.0.1", "localhost"),
    "no URL": "demo",
    "a list": f'["{RESOURCE}"]',
    "twice the same": [RESOURCE, RESOURCE],
    "two servers": [RESOURCE, FOREIGN],
}
AT_TOKEN = negatives("audience: as consented", "token", "invalid_target", "resource", OTHERS)
AT_REFRESH = negatives("audience: as consented", "refresh", "invalid_target", "resource", OTHERS)


@pytest.fixture
def flow(cast: Cast) -> Flow:
    for slug in ("asleep", "second"):
        server = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug=slug, name=slug)
        if slug == "asleep":
            server_suspend(tenant=cast.acme.tenant, actor=cast.ada.actor, server=server)
    return flow_of(cast.max)


def test_nobody_is_asked(flow: Flow) -> None:
    assert wrongly_answered(flow, TABLE) == {}


@pytest.mark.parametrize("resource", [FOREIGN, f"{ISSUER}/mcp/globex/nothing", f"{ISSUER}/mcp/nobody/demo"])
def test_an_outsider_learns_nothing(flow: Flow, resource: str) -> None:
    page = flow.ask(resource=resource)
    assert page.status_code == 403
    text = page.content.decode().replace(resource.split("/")[4], "…")
    other = flow.ask(resource=f"{ISSUER}/mcp/unheard-of/thing").content.decode().replace("unheard-of", "…")
    assert sameness(text) == sameness(other)


def sameness(text: str) -> str:
    """Without what differs from page to page."""
    return "\n".join(line for line in text.splitlines() if "csrf" not in line)


def test_an_auditor_lets_nobody_in(cast: Cast, flow: Flow) -> None:
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="auditor")
    assert wrongly_answered(flow, [AUDITOR]) == {}


def test_a_tenants_own_client_is_good_for_that_tenant_alone(cast: Cast) -> None:
    theirs = flow_of(cast.gus, client_id="acmes-own", tenant=cast.acme.tenant, registration_source="manual")
    line = Negative(OWN_CLIENT.rule, OWN_CLIENT.place, OWN_CLIENT.what, OWN_CLIENT.error, {"resource": FOREIGN})
    assert wrongly_answered(theirs, [line]) == {}


def test_a_token_request_names_no_other_resource_and_spends_nothing(flow: Flow) -> None:
    code = flow.code()
    good = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    assert wrongly_refused(flow, "token", good, AT_TOKEN) == {}
    tokens = flow.trade(code, resource=None).json()
    good = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert wrongly_refused(flow, "token", good, AT_REFRESH) == {}
    assert flow.refresh(tokens["refresh_token"], resource=RESOURCE).status_code == 200
