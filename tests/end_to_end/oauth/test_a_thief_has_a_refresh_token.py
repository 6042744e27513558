"""Whoever copied a refresh token gets nothing for long: as soon as two have used it, all that came of it is dead."""

from typing import Any

import httpx
import pytest

from tests.end_to_end.oauth.browser import Browser
from tests.end_to_end.oauth.installation import BOUND_SECONDS, Installation
from tests.end_to_end.oauth.real_clients import BY_REGISTRATION, SIGN_IN, Kind, RealClient, StartClient
from tests.fixtures.waiting import until
from tests.mcp_runtime.serving import modern_request

pytestmark = pytest.mark.processes


@pytest.fixture(params=BY_REGISTRATION, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each SDK finds out by itself."""
    return request.param


@pytest.fixture
def ada(installation: Installation) -> Browser:
    return installation.browser_of(installation.cast.ada)


def traded(installation: Installation, refresh_token: str, client_id: str) -> httpx.Response:
    """The thief asks for tokens, as the client does."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client_id}
    return httpx.post(f"{installation.base_url}/oauth/token", data=form)


def expire(installation: Installation, client: RealClient) -> None:
    """A quarter of an hour later."""
    installation.expire(client.stored()["access_token"])
    client.ask("wait_for_expiry")


def status(installation: Installation, access_token: str) -> int:
    """How the server answers whoever has this token."""
    call: dict[str, Any] = modern_request("tools/call", access_token, params={"name": "look", "arguments": {}})
    return httpx.post(installation.url("workshop"), **call).status_code


def has_to_sign_in_again(client: RealClient, ada: Browser) -> None:
    """The client notices, and after its user has signed in all is well."""
    assert client.told_within_the_bound() == SIGN_IN
    client.ask("connect", ada.allows)
    assert client.says("look") == "a bench"


def test_a_thief_who_comes_late_gets_nothing_and_ends_the_access(
    kind: Kind, start: StartClient, installation: Installation, ada: Browser
) -> None:
    client = start(kind)
    client.ask("connect", ada.allows)
    stolen = client.stored()
    for _ in range(2):
        expire(installation, client)
        assert client.says("look") == "a bench"
    answer = traded(installation, stolen["refresh_token"], stolen["client_id"])
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})
    access_token = client.stored()["access_token"]
    until(lambda: status(installation, access_token) == 401, BOUND_SECONDS)
    has_to_sign_in_again(client, ada)


def test_a_thief_who_comes_first_is_out_when_the_client_comes(
    kind: Kind, start: StartClient, installation: Installation, ada: Browser
) -> None:
    client = start(kind)
    client.ask("connect", ada.allows)
    stolen = client.stored()
    tokens = traded(installation, stolen["refresh_token"], stolen["client_id"]).json()
    tokens = traded(installation, tokens["refresh_token"], stolen["client_id"]).json()
    assert status(installation, tokens["access_token"]) == 200
    expire(installation, client)
    has_to_sign_in_again(client, ada)
    until(lambda: status(installation, tokens["access_token"]) == 401, BOUND_SECONDS)
    assert traded(installation, tokens["refresh_token"], stolen["client_id"]).status_code == 400
