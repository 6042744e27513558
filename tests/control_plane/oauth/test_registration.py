"""A client makes itself known, and is what the answer says: public, for the code grant, and gone if nobody uses it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from control_plane.oauth.registration import ATTEMPTS, PER_HOUR, PER_HOUR_ON_LOOPBACK
from tenants.models import Application
from tenants.scope import platform_scope, tenant_scope
from tenants.services import registered_clients
from tests.control_plane.oauth.flow import REDIRECT, flow_of
from tests.fixtures.cast import Cast

ELSEWHERE = "203.0.113.5"
GOOD = {"redirect_uris": ["http://127.0.0.1/callback"], "client_name": "Editor"}
pytestmark = pytest.mark.django_db


def register(metadata: Any = None, address: str = ELSEWHERE, **headers: str) -> Any:
    body = metadata if isinstance(metadata, bytes) else json.dumps(GOOD if metadata is None else metadata)
    return Client(REMOTE_ADDR=address, enforce_csrf_checks=True).post(
        "/oauth/register", body, content_type="application/json", headers=headers
    )


def clients() -> list[Application]:
    with platform_scope("test"):
        return list(Application.objects.order_by("created"))


def test_the_answer_says_what_was_registered() -> None:
    answer = register(
        {**GOOD, "client_uri": "https://editor.example/", "scope": "mcp:read", "contacts": ["a@b.example"]}
    )
    assert answer.status_code == 201
    assert (answer["Content-Type"], answer["Cache-Control"], answer["Pragma"]) == (
        "application/json",
        "no-store",
        "no-cache",
    )
    (client,) = clients()
    assert answer.json() == {
        "client_id": client.client_id,
        "client_id_issued_at": int(client.created.timestamp()),
        "client_name": "Editor",
        "client_uri": "https://editor.example/",
        "redirect_uris": ["http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    assert not client.client_id.startswith("https://")
    assert (client.client_type, client.client_secret, client.auth_method) == ("public", "", "none")
    assert (client.registration_source, client.registered_from) == ("dcr", ELSEWHERE)


def test_it_belongs_to_no_tenant_and_no_tenant_sees_it(cast: Cast) -> None:
    register()
    for company in (cast.acme, cast.globex):
        with tenant_scope(company.tenant):
            assert not Application.objects.exists()


@pytest.mark.parametrize("asked", ["none", "client_secret_basic", "client_secret_post"])
def test_whatever_secret_it_wants_it_gets_none(asked: str) -> None:
    answer = register({**GOOD, "token_endpoint_auth_method": asked}).json()
    assert answer["token_endpoint_auth_method"] == "none"
    assert not {"client_secret", "client_secret_expires_at", "registration_access_token"} & set(answer)


@pytest.mark.parametrize(
    "metadata",
    [
        {
            "redirect_uris": ["http://localhost:3118/callback"],
            "client_name": "Claude Code",
            "scope": "mcp:read mcp:call",
        },
        {"redirect_uris": ["http://127.0.0.1:6276/oauth/callback"], "grant_types": ["authorization_code"]},
        {"redirect_uris": ["http://[::1]:8080/cb"], "grant_types": ["authorization_code", "refresh_token"]},
        {
            "redirect_uris": ["https://vscode.dev/redirect", "http://127.0.0.1:33418/"],
            "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
            "application_type": "native",
        },
        {
            "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"],
            "token_endpoint_auth_method": "client_secret_post",
        },
        {"redirect_uris": ["https://client.example/cb"], "grant_types": None, "response_types": None, "scope": None},
        {
            "redirect_uris": ["https://client.example/cb"],
            "jwks_uri": "https://client.example/keys",
            "jwks": {"keys": []},
        },
        {"redirect_uris": ["https://client.example/cb"], "software_statement": "e30.e30.e30", "software_id": "x"},
        {"redirect_uris": ["https://client.example/cb"], "client_name#fr": "Éditeur", "made_up": {"a": [1]}},
    ],
)
def test_clients_as_they_are_about_are_registered(metadata: dict[str, Any]) -> None:
    answer = register(metadata)
    assert answer.status_code == 201, answer.content
    assert answer.json()["redirect_uris"] == metadata["redirect_uris"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Editor \n of\tExample ", "Editor of Example"),
        ("Editor\u202e\u200b\u0000\ud800", "Editor"),
        ("E\u0301diteur", "Éditeur"),
        ("<b>Editor</b>", "<b>Editor</b>"),
        ("\u2066\u2069", None),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(given: str, kept: str | None) -> None:
    assert register({**GOOD, "client_name": given}).json().get("client_name") == kept


@pytest.mark.parametrize(
    "uri", ["http://client.example/", "javascript:alert(1)", "https://user@client.example/", "https://127.0.0.1/", "x"]
)
def test_a_home_page_is_kept_where_it_is_https(uri: str) -> None:
    assert "client_uri" not in register({**GOOD, "client_uri": uri, "logo_uri": uri}).json()


def test_a_person_lets_it_in_and_then_it_stays(cast: Cast) -> None:
    registered = register().json()
    flow = flow_of(cast.max, client_id=registered["client_id"])
    (client,) = clients()
    assert client.expires_at is not None
    assert flow.tokens()["token_type"] == "Bearer"
    (client,) = clients()
    assert (client.expires_at, client.last_used_at is None) == (None, False)


def test_unused_for_a_day_it_is_unknown(cast: Cast) -> None:
    registered = register().json()
    flow = flow_of(cast.max, client_id=registered["client_id"])
    with platform_scope("test"):
        Application.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert flow.ask().status_code == 400
    assert flow.trade("atc_" + "0" * 64).json()["error"] == "invalid_client"


def test_one_address_registers_so_many_and_no_more() -> None:
    assert {register().status_code for _ in range(PER_HOUR)} == {201}
    refused = register()
    assert (refused.status_code, refused.json()["error"]) == (429, "temporarily_unavailable")
    assert int(refused["Retry-After"]) > 0
    assert len(clients()) == PER_HOUR
    assert register(address="198.51.100.7").status_code == 201
    with platform_scope("test"):
        Application.objects.update(created=timezone.now() - timedelta(hours=2))
    assert register().status_code == 201


def test_addresses_of_one_network_are_counted_together() -> None:
    answers = [register(address=f"2001:db8:1:2::{number:x}") for number in range(PER_HOUR + 1)]
    assert [answer.status_code for answer in answers] == [201] * PER_HOUR + [429]
    assert {client.registered_from for client in clients()} == {"2001:db8:1:2::/64"}


def test_on_ones_own_machine_one_may_try_things_out(settings: Any) -> None:
    assert PER_HOUR < PER_HOUR_ON_LOOPBACK
    assert {register(address="127.0.0.1").status_code for _ in range(PER_HOUR + 1)} == {201}
    settings.EMBEDDED = False
    assert register(address="127.0.0.1").status_code == 429


def test_what_is_refused_is_counted_too() -> None:
    answers = [register({}) for _ in range(ATTEMPTS.most + 1)]
    assert [answer.status_code for answer in answers] == [400] * ATTEMPTS.most + [429]


def test_so_many_wait_for_their_first_use_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registered_clients, "MOST_UNUSED", 2)
    for number in range(2):
        assert register(address=f"198.51.100.{number}").status_code == 201
    refused = register()
    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    with platform_scope("test"):
        Application.objects.filter(registered_from="198.51.100.0").update(last_used_at=timezone.now())
    assert register().status_code == 201


def test_where_registration_is_closed_there_is_no_endpoint_to_find(settings: Any) -> None:
    metadata = "/.well-known/oauth-authorization-server"
    assert Client().get(metadata).json()["registration_endpoint"] == f"{settings.PUBLIC_URL}/oauth/register"
    settings.CLIENT_REGISTRATION = "closed"
    found = Client().get(metadata).json()
    assert "registration_endpoint" not in found
    assert found["client_id_metadata_document_supported"] is True
    refused = register()
    assert (refused.status_code, refused.json()["error"]) == (403, "access_denied")
    assert clients() == []


def test_a_client_in_a_browser_registers_from_any_origin() -> None:
    allowed = Client().options("/oauth/register", headers={"Origin": "https://inspector.example"})
    assert allowed.status_code == 204
    assert "POST" in allowed["Access-Control-Allow-Methods"]
    answer = register(Origin="https://inspector.example")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (201, "*")
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_nothing_else_can_be_done_there(method: str) -> None:
    answer = getattr(Client(), method)("/oauth/register")
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")


def test_a_registered_loopback_is_answered_on_any_port(cast: Cast) -> None:
    registered = register({"redirect_uris": ["http://127.0.0.1:1/callback"]}).json()
    flow = flow_of(cast.max, client_id=registered["client_id"])
    assert flow.ask(redirect_uri=REDIRECT).status_code == 200
