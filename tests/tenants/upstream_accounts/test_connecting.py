"""A person connects an account at an upstream: what the answer is held to was written down before they went."""

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.utils import timezone

from tenants.errors import AbilityMissingError, InvalidValueError, NotFoundError, UpstreamSignInError
from tenants.models import UpstreamAccount, UpstreamSignIn
from tenants.scope import platform_scope, tenant_scope
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.upstream_accounts import upstream_account_disconnect
from tenants.services.upstream_sign_ins import upstream_sign_in_begin
from tenants.services.upstream_tokens import upstream_tokens_opened
from tenants.services.upstreams import upstream_delete, upstream_update
from tenants.upstream_oauth.authorization_requests import code_of
from tenants.upstream_oauth.errors import SignInFailed
from tests.fixtures.cast import Cast
from tests.fixtures.upstream_site import ISSUER, URL, UpstreamSite
from tests.tenants.upstream_accounts.connecting import (
    account_of,
    arrived,
    authorization,
    connected,
    departed,
    upstream_of,
    who,
)


def sign_ins() -> int:
    with platform_scope("test"):
        return UpstreamSignIn.objects.count()


def everything_stored() -> str:
    """Every row of the tables of this subject, as the database has it."""
    found = []
    with platform_scope("test"), connection.cursor() as cursor:
        for table in ("upstreamauthorization", "upstreamaccount", "upstreamsignin", "outbox"):
            cursor.execute(f"SELECT * FROM tenants_{table}")  # noqa: S608 - no text of others
            found += [
                bytes(each) if isinstance(each, memoryview) else each for row in cursor.fetchall() for each in row
            ]
    return repr(found)


@pytest.mark.must("MUST-46.1", "MUST-46.3", "MUST-45.1")
def test_an_account_is_connected_with_pkce_state_and_resource(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    assert sign_ins() == 0
    url = departed(cast.max, upstream, site).url
    sent = dict(parse_qsl(urlsplit(url).query))
    assert url.startswith(f"{ISSUER}/authorize?")
    assert (sent["response_type"], sent["code_challenge_method"], sent["resource"]) == ("code", "S256", URL)
    assert (sent["scope"], len(sent["state"]) >= 43, len(sent["code_challenge"])) == ("read", True, 43)
    assert sign_ins() == 1
    account = arrived(cast.max, site.agrees(url), site)
    (asked,) = [asked for asked in site.asked if asked.place == f"{ISSUER}/token"]
    assert asked.form["resource"] == URL
    assert upstream_tokens_opened(account) == (site.issued[0], *site.refresh_tokens)
    assert (account.status, account.scopes, account.user_id) == ("connected", ["read"], cast.max.user.pk)
    assert sign_ins() == 0
    assert account_of(cast.ada, upstream) is None


@pytest.mark.must("MUST-51.1")
def test_nothing_that_is_stored_or_logged_has_a_token_a_verifier_or_a_state(
    cast: Cast, site: UpstreamSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    upstream = upstream_of(cast.ada)
    departure = departed(cast.max, upstream, site)
    assert departure.state not in repr(departure)
    before = everything_stored()
    account = arrived(cast.max, site.agrees(departure.url), site)
    verifier = site.asked[-1].form["code_verifier"]
    for secret in (departure.state, verifier, site.issued[0], *site.refresh_tokens):
        assert secret not in before + everything_stored()
        assert secret not in caplog.text
        assert secret not in repr(vars(account))


def test_one_account_of_the_tenant_is_for_whoever_manages_servers(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada, "oauth")
    with pytest.raises(AbilityMissingError):
        departed(cast.max, upstream, site)
    assert site.asked == []
    account = connected(cast.ada, upstream, site)
    assert account.user_id is None
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="developer")
    with pytest.raises(AbilityMissingError):
        upstream_account_disconnect(**who(cast.max, upstream), door=site.door())


def test_a_state_is_used_once_whatever_comes_of_it(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    departure = departed(cast.max, upstream, site)
    with pytest.raises(UpstreamSignInError, match="access_denied"):
        arrived(cast.max, {"state": departure.state, "error": "access_denied"}, site)
    with pytest.raises(UpstreamSignInError, match="Start again"):
        arrived(cast.max, site.agrees(departure.url), site)
    assert site.issued == []
    parameters = site.agrees(departed(cast.max, upstream, site).url)
    arrived(cast.max, parameters, site)
    with pytest.raises(UpstreamSignInError, match="Start again"):
        arrived(cast.max, parameters, site)
    assert len(site.issued) == 1


def test_a_state_is_good_for_ten_minutes_and_for_whoever_began(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    parameters = site.agrees(departed(cast.max, upstream, site).url)
    for stranger in (cast.ada, cast.gus):
        with pytest.raises(UpstreamSignInError, match="Start again"):
            arrived(stranger, parameters, site)
    with tenant_scope(cast.acme.tenant):
        (row,) = UpstreamSignIn.objects.all()
        assert timedelta(minutes=9) < row.expires_at - timezone.now() <= timedelta(minutes=10)
        UpstreamSignIn.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(UpstreamSignInError, match="Start again"):
        arrived(cast.max, parameters, site)
    for state in ("", "x" * 43, "\x00"):
        with pytest.raises(UpstreamSignInError, match="Start again"):
            arrived(cast.max, {"state": state, "code": "code"}, site)
    assert site.issued == []


ISS: Any = {
    "promised and right": (True, {"iss": ISSUER}, ""),
    "promised and missing": (True, {}, "not of the authorization server"),
    "promised and another": (True, {"iss": "https://evil.example"}, "not of the authorization server"),
    "not promised and right": (None, {"iss": ISSUER}, ""),
    "not promised and missing": (None, {}, ""),
    "not promised and another": (None, {"iss": "https://evil.example"}, "not of the authorization server"),
    "with a slash": (True, {"iss": f"{ISSUER}/"}, "not of the authorization server"),
    "in capitals": (True, {"iss": ISSUER.upper()}, "not of the authorization server"),
    "with its port": (True, {"iss": f"{ISSUER}:443"}, "not of the authorization server"),
    "empty": (None, {"iss": ""}, "not of the authorization server"),
}


@pytest.mark.must("MUST-45.2", "MUST-45.3")
@pytest.mark.parametrize("case", ISS)
@pytest.mark.parametrize("answer", [{"code": "code"}, {"error": "server_error", "error_description": "marked"}])
def test_the_issuer_of_an_answer_is_looked_at_before_anything_else(case: str, answer: dict[str, str]) -> None:
    promised, said, refusal = ISS[case]
    parameters = {"state": "state", **answer, **said}
    if not refusal and "code" in answer:
        assert code_of(parameters, issuer=ISSUER, sends_issuer=bool(promised)) == "code"
        return
    with pytest.raises(SignInFailed) as caught:
        code_of(parameters, issuer=ISSUER, sends_issuer=bool(promised))
    assert (refusal or "server_error") in str(caught.value)
    assert not refusal or "server_error" not in str(caught.value)
    assert "marked" not in str(caught.value)


@pytest.mark.must("MUST-45.4")
@pytest.mark.parametrize("answer", ["code", "error"])
@pytest.mark.parametrize("promised", [True, None])
def test_an_answer_of_another_issuer_sends_no_code_anywhere(
    cast: Cast, site: UpstreamSite, promised: bool | None, answer: str
) -> None:
    site.publishes(authorization_response_iss_parameter_supported=promised)
    upstream = upstream_of(cast.ada)
    parameters = site.agrees(departed(cast.max, upstream, site).url, iss="https://evil.example")
    if answer == "error":
        del parameters["code"]
        parameters |= {"error": "server_error", "error_description": "marked", "error_uri": "https://evil.example/"}
    with pytest.raises(UpstreamSignInError) as caught:
        arrived(cast.max, parameters, site)
    assert "not of the authorization server" in caught.value.message
    assert not any(word in caught.value.message for word in ("server_error", "marked", "evil"))
    assert f"POST {ISSUER}/token" not in site.places()
    assert (
        arrived(cast.max, site.agrees(departed(cast.max, upstream, site).url, iss=ISSUER), site).status == "connected"
    )


def test_what_was_agreed_to_is_what_is_asked_for(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    departed(cast.max, upstream, site)
    with pytest.raises(InvalidValueError, match="has changed"):
        upstream_sign_in_begin(**who(cast.max, upstream), mark="0" * 64)
    parameters = site.agrees(departed(cast.max, upstream, site).url)
    other = upstream_update(**who(cast.ada, upstream), url="https://other.example/mcp")
    assert other.url == "https://other.example/mcp"
    with pytest.raises(UpstreamSignInError, match="Start again"):
        arrived(cast.max, parameters, site)
    assert site.issued == []


@pytest.mark.parametrize("change", [{"url": "https://other.example/mcp"}, {"auth": "none"}, {"auth": "oauth"}])
def test_accounts_are_gone_with_where_and_how_the_upstream_is_reached(
    cast: Cast, site: UpstreamSite, change: dict[str, str]
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    upstream_update(**who(cast.ada, upstream), name="Renamed")
    assert account_of(cast.max, upstream) is not None
    upstream_update(**who(cast.ada, upstream), **change)
    with tenant_scope(cast.acme.tenant):
        assert not UpstreamAccount.objects.exists()
    assert authorization(cast.ada, upstream) is None


def test_accounts_are_gone_with_the_upstream_and_with_the_member(cast: Cast, site: UpstreamSite) -> None:
    upstream, second = upstream_of(cast.ada), upstream_of(cast.ada, prefix="erp")
    for each in (upstream, second):
        connected(cast.max, each, site)
        connected(cast.ada, each, site)
    departed(cast.max, upstream, site)
    upstream_delete(**who(cast.ada, upstream))
    with tenant_scope(cast.acme.tenant):
        assert UpstreamAccount.objects.count() == 2
    parameters = site.agrees(departed(cast.max, second, site).url)
    membership_remove(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user)
    assert account_of(cast.max, second) is None
    assert account_of(cast.ada, second) is not None
    with pytest.raises(UpstreamSignInError, match="Start again"):
        arrived(cast.max, parameters, site)


def test_disconnecting_tells_the_upstream_once_it_is_committed(
    cast: Cast, site: UpstreamSite, django_capture_on_commit_callbacks: Any
) -> None:
    upstream = upstream_of(cast.ada)
    connected(cast.max, upstream, site)
    connected(cast.ada, upstream, site)
    theirs = [site.issued[0], f"refresh-1-{'y' * 16}"]
    with pytest.raises(NotFoundError):
        upstream_account_disconnect(**{**who(cast.gus, upstream)}, door=site.door())
    with django_capture_on_commit_callbacks(execute=True):
        upstream_account_disconnect(**who(cast.max, upstream), door=site.door())
        assert site.revoked == []
    assert sorted(site.revoked) == sorted(theirs)
    assert account_of(cast.max, upstream) is None
    assert account_of(cast.ada, upstream) is not None
    with pytest.raises(NotFoundError):
        upstream_account_disconnect(**who(cast.max, upstream), door=site.door())


def test_an_upstream_of_another_tenant_is_none(cast: Cast, site: UpstreamSite) -> None:
    upstream = upstream_of(cast.ada)
    departed(cast.max, upstream, site)
    before = len(site.asked)
    with pytest.raises(NotFoundError):
        departed(cast.gus, upstream, site)
    with pytest.raises(NotFoundError):
        upstream_sign_in_begin(**who(cast.gus, upstream), mark="0" * 64)
    assert len(site.asked) == before
