"""What django-oauth-toolkit would let pass (docs/security.md names each), refused here. One test for each."""

import secrets
from time import perf_counter
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from oauth2_provider.oauth2_validators import validate_resource_as_url_prefix
from oauthlib.common import Request

from control_plane.oauth.client_authentication import Presented, is_authentic
from control_plane.oauth.validator import Validator
from tenants.client_secret_hasher import ALGORITHM
from tenants.models import AccessToken, AuthorizationCode, Outbox
from tenants.models.application import AuthMethod
from tenants.scope import platform_scope, tenant_scope
from tenants.selectors.across_tenants import credential_by_digest
from tests.control_plane.oauth.flow import FOREIGN, ISSUER, RESOURCE, Flow, answered, flow_of, state_of
from tests.control_plane.oauth.negatives import PAGE, refusal_at_authorize, refusal_at_endpoint
from tests.control_plane.oauth.test_flow import record
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import access_token_build, client_build

EVIL = "evil.example"


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


def test_no_token_is_good_for_every_resource(cast: Cast, flow: Flow) -> None:
    """D1: a token without a resource passed any audience."""
    tokens = flow.tokens()
    with tenant_scope(cast.acme.tenant):
        assert AccessToken.objects.get().resource == [RESOURCE]
        AccessToken.objects.update(resource=[])
    assert record(tokens["access_token"]) is None


def test_no_token_is_good_for_what_its_resource_is_a_prefix_of(cast: Cast) -> None:
    """D2: a token for `…/acme` was good for all below it. Nothing here asks that function, or takes a token at all."""
    token = "token-for-the-origin"
    access_token_build(cast.max, token, resource=[ISSUER])
    assert validate_resource_as_url_prefix(RESOURCE, [ISSUER])
    with platform_scope("test"):
        assert not Validator().validate_bearer_token(token, [], Request(RESOURCE))


@pytest.mark.parametrize("resource", [FOREIGN, f"{ISSUER}/mcp/acme", "https://evil.example/mcp"])
def test_no_token_request_names_a_resource_that_nobody_consented_to(flow: Flow, resource: str) -> None:
    """D3: where the code had no resource, the token request could name any."""
    page = flow.decide(flow.ask(resource=None), server=RESOURCE)
    code = answered(flow.decide(page))["code"]
    assert refusal_at_endpoint(flow.trade(code, resource=resource)) == "invalid_target"
    tokens = flow.trade(code, resource=None).json()
    built = record(tokens["access_token"])
    assert built is not None
    assert built.resource == RESOURCE


def test_no_token_exists_without_a_person_and_a_consent(cast: Cast) -> None:
    """D4: tokens for registering, and of client credentials, were access tokens with nobody behind them."""
    for missing in ("connection", "server", "tenant"):
        assert not AccessToken._meta.get_field(missing).null
    access_token_build(cast.max, "without-a-person", user=None)
    access_token_build(cast.max, "to-register", scope="oauth2_provider:registration")
    assert record("without-a-person") is None
    assert record("to-register") is None


@pytest.mark.parametrize("uri", ["http://evil.example/cb", "http://192.168.0.1/cb", "javascript:alert(1)"])
def test_no_answer_leaves_this_machine_in_clear(cast: Cast, uri: str) -> None:
    """D6: with http allowed for loopback, any http address could be registered; here it is no good even then."""
    flow = flow_of(cast.max, redirect_uris=uri)
    assert refusal_at_authorize(flow.ask(redirect_uri=uri)) == PAGE


@pytest.mark.parametrize(
    "trick",
    [
        {"approval_prompt": "auto"},
        {"approval_prompt": "force"},
        {"prompt": "login"},
        {"prompt": "consent"},
        {"max_age": "0"},
        {"skip_authorization": "true"},
        {"decision": "allow"},
    ],
    ids=lambda trick: "=".join(*trick.items()),
)
def test_no_parameter_skips_the_consent_page(cast: Cast, flow: Flow, trick: dict[str, str]) -> None:
    """D9: `approval_prompt=auto` skipped it for whoever had let that client in before, wherever the answer went."""
    flow.tokens()
    with platform_scope("test"):
        flow.application.skip_authorization = True
        flow.application.save()
    with tenant_scope(cast.acme.tenant):
        before = AuthorizationCode.objects.count()
    page = flow.ask(**trick)
    assert (page.status_code, bool(state_of(page))) == (200, True)
    with tenant_scope(cast.acme.tenant):
        assert AuthorizationCode.objects.count() == before


def test_no_token_outlives_a_code_that_is_shown_again(cast: Cast, flow: Flow, caplog: Any) -> None:
    """D10: the code was gone, the tokens it was traded for were not."""
    code = flow.code()
    first = flow.trade(code).json()
    second = flow.refresh(first["refresh_token"]).json()
    assert refusal_at_endpoint(flow.trade(code)) == "invalid_grant"
    for pair in (first, second):
        assert record(pair["access_token"]) is None
        assert refusal_at_endpoint(flow.refresh(pair["refresh_token"])) == "invalid_grant"
    with tenant_scope(cast.acme.tenant):
        assert Outbox.objects.filter(kind="credential").exists()
    assert "a code was shown again" in caplog.text
    assert code not in caplog.text


def test_no_token_request_costs_the_time_of_a_password(cast: Cast) -> None:
    """D12: a client's secret was stretched like a password, a fifth of a second for whoever asks."""
    secret = secrets.token_hex(32)
    client = client_build(
        "confidential", client_type="confidential", auth_method="client_secret_post", client_secret=secret
    )
    assert client.client_secret.startswith(f"{ALGORITHM}$")
    assert secret not in client.client_secret
    shown = Presented(client.client_id, AuthMethod.POST, secret)
    started = perf_counter()
    assert all(is_authentic(client, shown) for _ in range(100))
    assert perf_counter() - started < 0.1
    assert not is_authentic(client, Presented(client.client_id, AuthMethod.POST, client.client_secret))


def test_no_person_gets_the_fast_hash_of_a_client() -> None:
    """The other half of D12."""
    assert not make_password("a person's password").startswith(ALGORITHM)


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded", "x-forwarded-proto"])
def test_no_header_changes_the_issuer(flow: Flow, settings: Any, header: str) -> None:
    """D13: the issuer came from the Host header."""
    settings.ALLOWED_HOSTS = ["*"]
    headers = {header: {"forwarded": f"host={EVIL}", "x-forwarded-proto": "https"}.get(header, EVIL)}
    document = flow.wire.get("/.well-known/oauth-authorization-server", headers=headers)
    assert document.json()["issuer"] == ISSUER
    assert EVIL not in document.content.decode()
    flow.browser.defaults.update({f"HTTP_{header.upper().replace('-', '_')}": headers[header]})
    assert answered(flow.ask(prompt="none"))["iss"] == ISSUER


def test_a_digest_that_leaked_opens_nothing(cast: Cast, flow: Flow) -> None:
    tokens = flow.tokens()
    with tenant_scope(cast.acme.tenant):
        digest = AccessToken.objects.get().token_checksum
    assert credential_by_digest(digest=digest) is not None
    assert record(digest) is None
    assert refusal_at_endpoint(flow.refresh(digest)) == "invalid_grant"
    assert tokens["access_token"] != digest
