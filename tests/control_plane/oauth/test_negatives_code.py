"""A code is good once, for a minute, for its own client, and as long as its person could consent again."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tenants.models import AccessToken, AuthorizationCode
from tenants.scope import tenant_scope
from tests.control_plane.oauth.endings import CLIENT_ENDS, ENDINGS, Ending, outlast
from tests.control_plane.oauth.flow import Flow, flow_of
from tests.control_plane.oauth.negatives import Negative, refusal_at_endpoint
from tests.fixtures.cast import Cast

Shown = Callable[[Flow, str], str]

OTHERS: dict[str, Shown] = {
    "never issued": lambda _, __: "atc_" + "0" * 64,
    "without its prefix": lambda _, code: code.removeprefix("atc_"),
    "cut": lambda _, code: code[:-1],
    "in upper case": lambda _, code: code.upper(),
    "with a space": lambda _, code: f"{code} ",
    "what is stored of it": lambda _, code: hashlib.sha256(code.encode()).hexdigest(),
    "a percent sign": lambda _, __: "%",
    "not ASCII": lambda _, __: "ü" * 20,
    "10,000 characters": lambda _, __: "a" * 10_000,
    "an access token": lambda flow, _: str(flow.tokens()["access_token"]),
    "a refresh token": lambda flow, _: str(flow.tokens()["refresh_token"]),
}
MALFORMED: dict[str, Any] = {"left out": None, "empty": "", "two": ["a", "b"], "with a NUL": "atc_\x00"}
TABLE = [
    *(Negative("code: one of ours", "token", what, "invalid_grant") for what in OTHERS),
    *(Negative("code: one", "token", what, "invalid_request", {"code": sent}) for what, sent in MALFORMED.items()),
    *(Negative("code: as long as consent lasts", "token", what, "invalid_grant") for what in ENDINGS),
    *(Negative("code: as long as its client lasts", "token", what, "invalid_client") for what in CLIENT_ENDS),
    Negative("code: for a minute", "token", "after 61 seconds", "invalid_grant"),
    Negative("code: once", "token", "again", "invalid_grant"),
    Negative("code: once", "token", "again, with another verifier", "invalid_grant", {"code_verifier": "x" * 43}),
    Negative("code: of this client", "token", "another client's", "invalid_grant"),
]


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return flow_of(cast.max)


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_code_is_refused(flow: Flow, what: str) -> None:
    code = flow.code()
    assert refusal_at_endpoint(flow.trade(OTHERS[what](flow, code))) == "invalid_grant"
    assert flow.trade(code).status_code == 200


@pytest.mark.parametrize("what", MALFORMED)
def test_a_request_has_one_code(flow: Flow, what: str) -> None:
    assert refusal_at_endpoint(flow.trade(MALFORMED[what])) == "invalid_request"


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_a_code_ends_with_what_it_depends_on(cast: Cast, flow: Flow, ending: Ending) -> None:
    code = flow.code()
    ending(cast)
    assert refusal_at_endpoint(flow.trade(code)) == "invalid_grant"
    with tenant_scope(cast.acme.tenant):
        assert not AccessToken.objects.exists()


@pytest.mark.parametrize("ending", CLIENT_ENDS.values(), ids=CLIENT_ENDS)
def test_a_code_ends_with_its_client(cast: Cast, flow: Flow, ending: Ending) -> None:
    code = flow.code()
    ending(cast)
    assert refusal_at_endpoint(flow.trade(code)) == "invalid_client"


@pytest.mark.parametrize(("seconds", "status"), [(55, 200), (61, 400)])
def test_a_code_is_good_for_a_minute(cast: Cast, flow: Flow, seconds: int, status: int) -> None:
    code = flow.code()
    outlast(expires=timedelta(seconds=seconds))(cast)
    assert flow.trade(code).status_code == status


def test_another_client_gets_nothing_for_a_code_and_spends_nothing(flow: Flow) -> None:
    code = flow.code()
    other = flow_of(None, client_id="other", name="Other")
    assert refusal_at_endpoint(other.trade(code)) == "invalid_grant"
    assert flow.trade(code).status_code == 200


def test_neither_code_nor_token_is_stored(cast: Cast, flow: Flow) -> None:
    code = flow.code()
    with tenant_scope(cast.acme.tenant):
        stored = [str(AuthorizationCode.objects.values_list())]
    tokens = flow.trade(code).json()
    with tenant_scope(cast.acme.tenant):
        stored.append(str(AccessToken.objects.values_list()))
    for secret in (code, tokens["access_token"], tokens["refresh_token"]):
        assert all(secret not in text for text in stored)
