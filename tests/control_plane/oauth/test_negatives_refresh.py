"""A refresh token is good until its successor is used, for its own client, and as long as the consent lasts."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tenants.models import Connection
from tenants.scope import tenant_scope
from tests.control_plane.oauth.endings import CLIENT_ENDS, ENDINGS, Ending, outlast
from tests.control_plane.oauth.flow import Flow, flow_of
from tests.control_plane.oauth.negatives import Negative, negatives, refusal_at_endpoint, wrongly_refused
from tests.fixtures.cast import Cast

Shown = Callable[[Flow, dict[str, Any]], str]

OTHERS: dict[str, Shown] = {
    "never issued": lambda _, __: "atr_" + "0" * 64,
    "without its prefix": lambda _, tokens: tokens["refresh_token"].removeprefix("atr_"),
    "cut": lambda _, tokens: tokens["refresh_token"][:-1],
    "in upper case": lambda _, tokens: tokens["refresh_token"].upper(),
    "what is stored of it": lambda _, tokens: hashlib.sha256(tokens["refresh_token"].encode()).hexdigest(),
    "an access token": lambda _, tokens: tokens["access_token"],
    "a code": lambda flow, _: flow.code(),
    "not ASCII": lambda _, __: "ü" * 20,
}
MALFORMED: dict[str, Any] = {"left out": None, "empty": "", "two": ["a", "b"], "with a NUL": "atr_\x00"}
PASSING = {
    "30 days unused": outlast(expires_at=timedelta(days=30, seconds=1)),
    "180 days in all": outlast(family_expires_at=timedelta(days=180, seconds=1)),
}
SCOPES = {
    "a wider one": "mcp:read mcp:call",
    "offline_access, which was not asked for": "mcp:read offline_access",
    "an unknown one": "mcp:read admin",
    "the management API's": "manage:read",
    "another case": "MCP:READ",
    "a wildcard": "*",
}
WIDER = negatives("refresh: never wider", "refresh", "invalid_scope", "scope", SCOPES)
TABLE = [
    *(Negative("refresh: one of ours", "refresh", what, "invalid_grant") for what in OTHERS),
    *(Negative("refresh: one", "refresh", what, "invalid_request") for what in MALFORMED),
    *(Negative("refresh: as long as consent lasts", "refresh", what, "invalid_grant") for what in ENDINGS),
    *(Negative("refresh: as long as its client lasts", "refresh", what, "invalid_client") for what in CLIENT_ENDS),
    *(Negative("refresh: not for ever", "refresh", what, "invalid_grant") for what in PASSING),
    *WIDER,
    Negative("refresh: never wider", "refresh", "after the person took everything back", "invalid_scope"),
    Negative("refresh: of this client", "refresh", "another client's", "invalid_grant"),
    *(
        Negative("refresh: until its successor is used", "refresh", what, "invalid_grant")
        for what in ("the one before", "two before", "the one before, after a minute", "the revoked one")
    ),
]


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_refresh_token_is_refused(flow: Flow, what: str) -> None:
    tokens = flow.tokens()
    assert refusal_at_endpoint(flow.refresh(OTHERS[what](flow, tokens))) == "invalid_grant"
    assert flow.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("what", MALFORMED)
def test_a_request_has_one_refresh_token(flow: Flow, what: str) -> None:
    assert refusal_at_endpoint(flow.refresh(MALFORMED[what])) == "invalid_request"


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_refresh_token_ends_with_what_it_depends_on(cast: Cast, flow: Flow, ending: Ending) -> None:
    tokens = flow.tokens()
    ending(cast)
    assert refusal_at_endpoint(flow.refresh(tokens["refresh_token"])) == "invalid_grant"


@pytest.mark.parametrize("ending", CLIENT_ENDS.values(), ids=CLIENT_ENDS)
def test_a_refresh_token_ends_with_its_client(cast: Cast, flow: Flow, ending: Ending) -> None:
    tokens = flow.tokens()
    ending(cast)
    assert refusal_at_endpoint(flow.refresh(tokens["refresh_token"])) == "invalid_client"


@pytest.mark.parametrize("passing", PASSING.values(), ids=PASSING)
def test_a_refresh_token_does_not_last_for_ever(cast: Cast, flow: Flow, passing: Ending) -> None:
    tokens = flow.tokens()
    passing(cast)
    assert refusal_at_endpoint(flow.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_the_30_days_begin_anew_and_the_180_do_not(cast: Cast, flow: Flow) -> None:
    secret = flow.tokens()["refresh_token"]
    for _ in range(7):
        outlast(expires_at=timedelta(days=25), family_expires_at=timedelta(days=25))(cast)
        secret = flow.refresh(secret).json()["refresh_token"]
    outlast(expires_at=timedelta(days=6), family_expires_at=timedelta(days=6))(cast)
    assert refusal_at_endpoint(flow.refresh(secret)) == "invalid_grant"


def test_a_scope_is_narrowed_and_never_widened(flow: Flow) -> None:
    tokens = flow.tokens(scope="mcp:read")
    good = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert wrongly_refused(flow, "token", good, WIDER) == {}
    assert flow.refresh(tokens["refresh_token"]).json()["scope"] == "mcp:read"


def test_a_narrowed_access_token_leaves_the_refresh_token_as_wide_as_it_was(flow: Flow) -> None:
    first = flow.tokens()
    second = flow.refresh(first["refresh_token"], scope="mcp:read").json()
    assert second["scope"] == "mcp:read"
    third = flow.refresh(second["refresh_token"]).json()
    assert third["scope"] == first["scope"]


def test_what_the_person_took_back_is_not_given_again(cast: Cast, flow: Flow) -> None:
    tokens = flow.tokens()
    with tenant_scope(cast.acme.tenant):
        Connection.objects.update(scopes=["mcp:read"])
    second = flow.refresh(tokens["refresh_token"]).json()
    assert second["scope"] == "mcp:read"
    with tenant_scope(cast.acme.tenant):
        Connection.objects.update(scopes=[])
    assert refusal_at_endpoint(flow.refresh(second["refresh_token"])) == "invalid_scope"


def test_another_client_gets_nothing_for_a_refresh_token_and_ends_nothing(flow: Flow) -> None:
    tokens = flow.tokens()
    other = flow_of(None, client_id="other", name="Other")
    assert refusal_at_endpoint(other.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert flow.refresh(tokens["refresh_token"]).status_code == 200
