"""A tenant's OAuth clients over REST."""

from typing import Any

import pytest

from tenants.models import Application
from tenants.scope import tenant_scope
from tests.control_plane.oauth.flow import FOREIGN, REDIRECT, RESOURCE, Flow, answered
from tests.fixtures.api import Asker, with_key
from tests.fixtures.cast import Cast

CLIENTS = "tenants/acme/oauth-clients"
GOOD = {"name": "Editor", "redirect_uris": ["http://127.0.0.1/callback"]}


def made(api: Asker, **changes: Any) -> Any:
    answer = api.post(CLIENTS, {**GOOD, **changes})
    assert answer.status_code == 201, answer.content
    return answer.json()


def flow_of_own(cast: Cast, issued: Any) -> Flow:
    with tenant_scope(cast.acme.tenant):
        return Flow(Application.objects.get(client_id=issued["oauth_client"]["client_id"]))


def test_a_client_is_set_up_read_changed_and_removed(ada_api: Asker) -> None:
    issued = made(ada_api, auth_method="client_secret_post")
    client = issued["oauth_client"]
    assert client["redirect_uris"] == GOOD["redirect_uris"]
    assert "secret" not in str(client).replace("client_secret_post", "")
    one = f"{CLIENTS}/{client['id']}"
    assert ada_api.get(one).json() == client
    assert ada_api.get(CLIENTS).json()["results"] == [client]
    changed = ada_api.patch(one, {"name": "Renamed"}).json()
    assert (changed["name"], changed["redirect_uris"]) == ("Renamed", GOOD["redirect_uris"])
    rotated = ada_api.post(f"{one}/rotate")
    assert (rotated.status_code, rotated.json()["secret"] == issued["secret"]) == (201, False)
    assert ada_api.delete(one).status_code == 204
    assert ada_api.get(one).status_code == 404


def test_a_public_client_has_no_secret_to_rotate(ada_api: Asker) -> None:
    issued = made(ada_api)
    assert (issued["secret"], issued["oauth_client"]["auth_method"]) == (None, "none")
    refused = ada_api.post(f"{CLIENTS}/{issued['oauth_client']['id']}/rotate")
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "invalid_value")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": "https://client.example/"}, "redirect_uris"),
        ({"redirect_uris": [f"https://client.example/{number}" for number in range(11)]}, "redirect_uris"),
        ({"name": " "}, "name"),
        ({"auth_method": "private_key_jwt"}, "auth_method"),
        ({"client_id": "mine"}, "client_id"),
        ({"client_secret": "mine"}, "client_secret"),
        ({"registration_source": "dcr"}, "registration_source"),
        ({"tenant": None}, "tenant"),
        ({"skip_authorization": True}, "skip_authorization"),
    ],
)
def test_what_does_not_fit_is_refused(ada_api: Asker, changes: dict[str, Any], field: str) -> None:
    refused = ada_api.post(CLIENTS, {**GOOD, **changes})
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "invalid_value")
    assert set(refused.json()["error"]["details"]["fields"]) == {field}
    assert ada_api.get(CLIENTS).json()["results"] == []


def test_it_takes_the_scope_for_servers_and_the_role_for_them(cast: Cast, ada_api: Asker, max_api: Asker) -> None:
    client = made(ada_api)["oauth_client"]
    reads = with_key(cast.ada, ["manage:read"])
    assert reads.get(CLIENTS).json()["results"] == [client]
    assert reads.post(CLIENTS, GOOD).json()["error"]["type"] == "insufficient_scope"
    assert max_api.get(CLIENTS).json()["error"]["type"] == "ability_missing"


def test_the_outsider_learns_nothing(ada_api: Asker, gus_api: Asker) -> None:
    client = made(ada_api)["oauth_client"]
    there = gus_api.get(f"tenants/globex/oauth-clients/{client['id']}")
    nowhere = gus_api.get("tenants/globex/oauth-clients/11111111-2222-4333-8444-555555555555")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    assert gus_api.get("tenants/globex/oauth-clients").json() == {"results": [], "next": None}
    assert gus_api.get(CLIENTS).status_code == 404


def test_it_is_let_in_to_its_own_tenants_servers_with_its_secret(cast: Cast, ada_api: Asker) -> None:
    issued = made(ada_api, auth_method="client_secret_post")
    flow = flow_of_own(cast, issued)
    flow.browser.force_login(cast.ada.user)
    code = flow.code()
    assert flow.trade(code).json()["error"] == "invalid_client"
    assert flow.trade(code, client_secret=issued["secret"]).status_code == 200
    ada_api.delete(f"{CLIENTS}/{issued['oauth_client']['id']}")
    assert flow.ask().status_code == 400


def test_it_is_let_in_to_no_other_tenants_servers(cast: Cast, ada_api: Asker) -> None:
    issued = made(ada_api)
    flow = flow_of_own(cast, issued)
    flow.browser.force_login(cast.gus.user)
    assert answered(flow.ask(resource=FOREIGN, redirect_uri=REDIRECT))["error"] == "invalid_target"
    flow.browser.force_login(cast.ada.user)
    assert flow.ask(resource=RESOURCE).status_code == 200
