"""What Atrium is at an authorization server: known there alone, however it became so."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tenants.errors import AbilityMissingError, InvalidValueError, UpstreamSignInError
from tenants.models import Upstream, UpstreamAuthorization
from tenants.services.upstream_authorizations import upstream_authorization_discover
from tenants.services.upstream_clients import upstream_client_set
from tenants.upstream_oauth import our_client
from tests.fixtures.cast import Cast, Person
from tests.fixtures.upstream_site import ISSUER, Said, UpstreamSite, client_of
from tests.tenants.test_stored_secrets import VALUE, made
from tests.tenants.upstream_accounts.connecting import (
    account_of,
    arrived,
    authorization,
    connected,
    departed,
    upstream_of,
    who,
)

OTHER = "https://other.example"


def looked_up(person: Person, upstream: Upstream, site: UpstreamSite) -> UpstreamAuthorization:
    return upstream_authorization_discover(**who(person, upstream), door=site.door(), anew=True)


def moves(site: UpstreamSite) -> None:
    """The upstream's authorization server is another one from now on."""
    metadata = dict(site.documents[f"{ISSUER}/.well-known/oauth-authorization-server"].content)  # type: ignore[union-attr]
    there = {
        name: value.replace(ISSUER, OTHER) if isinstance(value, str) else value for name, value in metadata.items()
    }
    site.documents[f"{OTHER}/.well-known/oauth-authorization-server"] = Said(there)
    for name in ("register", "token", "revoke"):
        site.documents[f"{OTHER}/{name}"] = site.documents[f"{ISSUER}/{name}"]
    resource = "https://mcp.example/.well-known/oauth-protected-resource/mcp"
    site.documents[resource] = Said({"resource": "https://mcp.example/mcp", "authorization_servers": [OTHER]})


def registrations(site: UpstreamSite) -> list[Any]:
    return [asked for asked in site.asked if asked.path == "/register"]


@pytest.mark.must("MUST-47.3")
def test_it_registers_once_as_what_it_is(cast: Cast, site: UpstreamSite, settings: Any) -> None:
    upstream = upstream_of(cast.ada)
    first = looked_up(cast.max, upstream, site)
    again = looked_up(cast.ada, upstream, site)
    assert first.client_id == again.client_id
    (asked,) = registrations(site)
    assert b'"application_type":"native"' in asked.body
    assert b'"redirect_uris":["http://127.0.0.1:8000/upstreams/callback"]' in asked.body
    settings.PUBLIC_URL = "https://atrium.example"
    other = upstream_of(cast.gus)
    assert looked_up(cast.gus, other, site).client_id != first.client_id
    assert b'"application_type":"web"' in registrations(site)[1].body


@pytest.mark.must("MUST-47.1", "MUST-47.2")
def test_another_authorization_server_is_another_client_and_other_accounts(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    before = authorization(cast.ada, upstream).client_id
    moves(site)
    known = looked_up(cast.ada, upstream, site)
    assert (known.issuer, known.client_issuer, known.client_id != before) == (OTHER, OTHER, True)
    assert [asked.host for asked in registrations(site)] == ["auth.example", "other.example"]
    account = account_of(cast.max, upstream)
    assert account is not None
    assert (account.status, account.sealed_access_token, account.sealed_refresh_token) == ("expired", None, None)


def test_whoever_is_on_the_way_then_is_not_let_in_by_either(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    parameters = site.agrees(departed(cast.max, upstream, site).url)
    moves(site)
    looked_up(cast.ada, upstream, site)
    with pytest.raises(UpstreamSignInError, match="changed meanwhile"):
        arrived(cast.max, parameters, site)
    assert site.issued == []


def test_a_client_set_by_hand_stays_at_its_own_server(cast: Cast, site: UpstreamSite) -> None:
    site.publishes(token_endpoint_auth_methods_supported=["client_secret_post", "client_secret_basic"])
    upstream = upstream_of(cast.ada)
    with pytest.raises(InvalidValueError, match="Look up first"):
        upstream_client_set(**who(cast.ada, upstream), client_id="by hand")
    looked_up(cast.ada, upstream, site)
    secret = made(cast.ada, "crm-client")
    for wrong in ({"client_id": "é"}, {"client_id": "a\nb"}, {"client_id": "a", "secret_name": "none-such"}):
        with pytest.raises(InvalidValueError):
            upstream_client_set(**who(cast.ada, upstream), **wrong)
    with pytest.raises(AbilityMissingError):
        upstream_client_set(**who(cast.max, upstream), client_id="by hand")
    upstream_client_set(**who(cast.ada, upstream), client_id="by hand:1", secret_name=secret.name)
    account = connected(cast.max, upstream, site)
    assert account.client_id == "by hand:1"
    assert client_of(site.asked[-1]) == ("by hand:1", VALUE)
    count = len(registrations(site))
    moves(site)
    with pytest.raises(UpstreamSignInError, match=f"registered at {ISSUER}"):
        looked_up(cast.ada, upstream, site)
    assert len(registrations(site)) == count
    assert VALUE not in "".join(asked.body.decode() for asked in site.asked if asked.host != "auth.example")
    upstream_client_set(**who(cast.ada, upstream), client_id="")
    assert looked_up(cast.ada, upstream, site).registration == "dcr"


@pytest.mark.must("MUST-47.4")
def test_by_a_document_it_is_the_same_client_everywhere(cast: Cast, site: UpstreamSite, settings: Any) -> None:
    site.publishes(client_id_metadata_document_supported=True)
    upstream = upstream_of(cast.ada)
    assert looked_up(cast.ada, upstream, site).registration == "dcr"
    settings.PUBLIC_URL = "https://atrium.example"
    url = departed_anew(cast.max, upstream, site)
    document = our_client.document()
    assert document is not None
    sent = dict(parse_qsl(urlsplit(url).query))
    assert sent["client_id"] == document["client_id"] == "https://atrium.example/upstreams/client.json"
    assert sent["redirect_uri"] in document["redirect_uris"]
    assert document["client_name"] == "Atrium"
    assert len(registrations(site)) == 1


def departed_anew(person: Person, upstream: Upstream, site: UpstreamSite) -> str:
    looked_up(person, upstream, site)
    return departed(person, upstream, site).url


REFUSALS: Any = [
    Said({"error": "invalid_redirect_uri"}, "400 Bad Request"),
    Said(b"<html>", "500 Internal Server Error"),
    Said({}, "201 Created"),
    Said({"client_id": ""}, "201 Created"),
    Said({"client_id": "a b"}, "201 Created"),
    Said({"client_id": ["a"]}, "201 Created"),
    Said({"client_id": "a", "token_endpoint_auth_method": "private_key_jwt"}, "201 Created"),
    Said({"client_id": "a", "token_endpoint_auth_method": "client_secret_basic"}, "201 Created"),
    Said({"client_id": "a" * 1_001, "token_endpoint_auth_method": "none"}, "201 Created"),
]


@pytest.mark.parametrize("said", REFUSALS)
def test_a_registration_that_is_none_is_told(cast: Cast, site: UpstreamSite, said: Said) -> None:
    site.documents[f"{ISSUER}/register"] = said
    upstream = upstream_of(cast.ada)
    with pytest.raises(UpstreamSignInError) as caught:
        looked_up(cast.max, upstream, site)
    assert caught.value.extra["reason"] in ("registration_refused", "bad_answer")
    assert authorization(cast.ada, upstream) is None


ANSWERS: Any = [
    Said({"access_token": "a b", "token_type": "Bearer"}),
    Said({"access_token": "a\r\nX: y", "token_type": "Bearer"}),
    Said({"access_token": "", "token_type": "Bearer"}),
    Said({"access_token": {}, "token_type": "Bearer"}),
    Said({"access_token": "good"}),
    Said({"access_token": "good", "token_type": "DPoP"}),
    Said({"access_token": "good", "token_type": "Bearer", "refresh_token": "x" * 8_001}),
    Said([]),
    Said(b"{\xff}"),
    Said({"error": "marked-up <b>", "error_description": "marked"}, "400 Bad Request"),
    Said({}, "302 Found", {"Location": "https://evil.example/token"}),
    Said({}, "307 Temporary Redirect", {"Location": "https://evil.example/token"}),
]


@pytest.mark.parametrize("said", ANSWERS)
def test_an_answer_that_is_no_token_connects_nothing(cast: Cast, site: UpstreamSite, said: Said) -> None:
    upstream = upstream_of(cast.ada)
    parameters = site.agrees(departed(cast.max, upstream, site).url)
    site.documents[f"{ISSUER}/token"] = said
    with pytest.raises(UpstreamSignInError) as caught:
        arrived(cast.max, parameters, site)
    assert "marked" not in caught.value.message
    assert "good" not in caught.value.message
    assert account_of(cast.max, upstream) is None
    assert site.places("evil.example") == []
