"""What a client finds out before it asks, and what a browser lets it ask from another origin."""

from typing import Any

import pytest
from django.test import Client

from control_plane.oauth.protocol_settings import SCOPES, provider
from control_plane.oauth.rates import REFUSED, TOKEN
from control_plane.oauth.validator import SCOPES as GRANTED
from tenants.services import tokens
from tests.control_plane.oauth.flow import ISSUER, flow_of
from tests.fixtures.cast import Cast

WELL_KNOWN = "/.well-known/oauth-authorization-server"
OPEN = (WELL_KNOWN, "/oauth/token", "/oauth/revoke")


def test_the_document_says_what_is_served() -> None:
    response = Client().get(WELL_KNOWN)
    document = response.json()
    assert document["issuer"] == ISSUER
    for endpoint in ("authorization", "token", "revocation", "registration"):
        assert document[f"{endpoint}_endpoint"].startswith(f"{ISSUER}/oauth/")
    assert document["response_types_supported"] == ["code"]
    assert document["grant_types_supported"] == ["authorization_code", "refresh_token"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    methods = ["none", "client_secret_basic", "client_secret_post"]
    assert document["token_endpoint_auth_methods_supported"] == methods
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["client_id_metadata_document_supported"] is True
    assert document["scopes_supported"] == list(GRANTED) == list(SCOPES)


def test_registration_is_named_where_it_is_open(settings: Any) -> None:
    settings.CLIENT_REGISTRATION = "closed"
    assert "registration_endpoint" not in Client().get(WELL_KNOWN).json()


@pytest.mark.parametrize(
    "path",
    [
        f"{WELL_KNOWN}/mcp/acme/demo",
        f"{WELL_KNOWN}/",
        "/.well-known/openid-configuration",
        "/mcp/acme/demo/.well-known/openid-configuration",
        "/oauth/introspect",
        "/oauth/userinfo",
        "/oauth/device-authorization",
        "/oauth/logout",
        "/oauth/applications/",
        "/o/token/",
        "/authorize",
        "/token",
    ],
)
def test_nothing_else_is_served(db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize("path", OPEN)
def test_a_browser_may_ask_from_any_origin_without_cookies(db: None, path: str) -> None:
    origin = {"origin": "https://client.example", "access-control-request-method": "POST"}
    preflight = Client().options(path, headers=origin)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert "Authorization" in preflight["Access-Control-Allow-Headers"]
    answer = Client().generic("GET" if path == WELL_KNOWN else "POST", path, headers=origin)
    for response in (preflight, answer):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response


def test_the_consent_page_is_open_to_no_other_origin(cast: Cast) -> None:
    page = flow_of(cast.max).ask()
    assert "Access-Control-Allow-Origin" not in page


def test_who_is_refused_too_often_waits(cast: Cast) -> None:
    flow = flow_of(cast.max)
    tokens = flow.tokens()
    for _ in range(REFUSED.most):
        assert flow.refresh("made-up").status_code == 400
    refused = flow.refresh(tokens["refresh_token"])
    assert (refused.status_code, refused["Retry-After"]) == (429, str(REFUSED.seconds))
    assert refused["Access-Control-Allow-Origin"] == "*"
    other = flow_of(cast.max, client_id="other", name="Other")
    assert other.refresh(other.tokens()["refresh_token"]).status_code == 200
    elsewhere = flow.wire.defaults | {"REMOTE_ADDR": "203.0.113.7"}
    flow.wire.defaults.update(elsewhere)
    assert flow.refresh(tokens["refresh_token"]).status_code == 200
    assert REFUSED.most < TOKEN.most


def test_the_library_is_told_the_same_lifetimes() -> None:
    told = provider(ISSUER)
    assert told["ACCESS_TOKEN_EXPIRE_SECONDS"] == tokens.ACCESS_LIFETIME.total_seconds()
    assert told["REFRESH_TOKEN_EXPIRE_SECONDS"] == tokens.REFRESH_LIFETIME.total_seconds()
    assert told["AUTHORIZATION_CODE_EXPIRE_SECONDS"] == tokens.CODE_LIFETIME.total_seconds()
