"""A client that describes itself at a URL of its own is known as its document says, and as long as that counts."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from control_plane.oauth import client_metadata_documents as documents
from control_plane.oauth import client_policy
from control_plane.oauth.client_metadata_documents import AT_ONCE, FOR_ONE_ADDRESS, OF_ONE_HOST, described_client
from control_plane.oauth.clients import client_by_id, client_prepare
from tenants.models import Application
from tenants.scope import platform_scope, tenant_scope
from tests.control_plane.oauth.client_site import URL, Site, document
from tests.control_plane.oauth.flow import flow_of
from tests.fixtures.cast import Cast

ADDRESS = "203.0.113.5"
pytestmark = pytest.mark.django_db


def asked(url: str = URL, address: str = ADDRESS) -> Application | None:
    return described_client(url, address=address)


def aged(**changes: Any) -> None:
    """What is kept is older now."""
    with platform_scope("test"):
        Application.objects.filter(client_id=URL).update(**changes)


def past() -> Any:
    return timezone.now() - timedelta(seconds=1)


def test_the_client_is_what_its_document_says(site: Site) -> None:
    site.says(document(client_name=" Editor\u202e of\nExample ", client_uri="https://client.example/about"))
    client = asked()
    assert client is not None
    assert (client.client_id, client.name, client.client_uri) == (
        URL,
        "Editor of Example",
        "https://client.example/about",
    )
    assert client.redirect_uris.split() == ["http://127.0.0.1/callback", "https://client.example/callback"]
    assert (client.client_type, client.auth_method, client.client_secret, client.tenant) == ("public", "none", "", None)
    assert client.registration_source == "cimd"
    assert site.names.asked == ["client.example"]


def test_it_belongs_to_no_tenant_and_no_tenant_sees_it(site: Site, cast: Cast) -> None:
    site.says(document())
    assert asked() is not None
    for company in (cast.acme, cast.globex):
        with tenant_scope(company.tenant):
            assert not Application.objects.exists()


def test_a_home_page_on_another_host_is_not_the_clients(site: Site) -> None:
    site.says(document(client_uri="https://bank.example/"))
    client = asked()
    assert client is not None
    assert client.client_uri == ""


def test_what_is_known_well_clients_ask_for_beside_the_code_grant_is_dropped(site: Site) -> None:
    grants = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]
    site.says(document(grant_types=grants, response_types=["code"], application_type="native"))
    assert asked() is not None


def test_a_document_is_asked_for_once_while_it_counts(site: Site) -> None:
    site.says(document())
    first, second = asked(), asked()
    assert first == second
    assert site.asked == ["/oauth/client.json"]


@pytest.mark.parametrize(
    ("headers", "counts"),
    [
        ({}, timedelta(hours=1)),
        ({"Cache_Control": "max-age=1800"}, timedelta(minutes=30)),
        ({"Cache_Control": 'public, max-age="1800"', "Age": "600"}, timedelta(minutes=20)),
        ({"Cache_Control": "max-age=1"}, timedelta(minutes=5)),
        ({"Cache_Control": "max-age=0"}, timedelta(minutes=5)),
        ({"Cache_Control": "max-age=999999999"}, timedelta(days=1)),
        ({"Cache_Control": "max-age=9999999999999"}, timedelta(days=1)),
        ({"Cache_Control": "no-store"}, timedelta(minutes=5)),
        ({"Cache_Control": "max-age=3600, no-cache"}, timedelta(minutes=5)),
        ({"Cache_Control": "max-age=1800", "Age": "-5"}, timedelta(minutes=30)),
        (
            {"Expires": "Sat, 21 Nov 2026 10:30:00 GMT", "Date": "Sat, 21 Nov 2026 10:00:00 GMT"},
            timedelta(minutes=30),
        ),
        ({"Expires": "0"}, timedelta(minutes=5)),
        ({"Expires": "Sat, 21 Nov 2026 10:30:00 GMT"}, timedelta(minutes=5)),
    ],
)
def test_it_counts_as_long_as_the_site_says_within_bounds(
    site: Site, headers: dict[str, str], counts: timedelta
) -> None:
    site.says(document(), **headers)
    client = asked()
    assert client is not None
    assert abs(client.cimd_expires_at - client.updated - counts) < timedelta(seconds=5)


def test_a_changed_document_counts_from_its_next_reading(site: Site) -> None:
    site.says(document())
    assert asked() is not None
    site.says(document(client_name="Renamed", redirect_uris=["https://client.example/new"]))
    aged(cimd_expires_at=past())
    client = asked()
    assert client is not None
    assert (client.name, client.redirect_uris) == ("Renamed", "https://client.example/new")


def test_who_can_not_be_asked_again_is_let_in_by_nobody_and_goes_on_with_what_they_have(site: Site) -> None:
    site.says(document())
    assert asked() is not None
    aged(cimd_expires_at=past())
    site.says({}, status="503 Unavailable")
    assert asked() is None
    assert client_by_id(URL) is not None
    assert client_prepare(URL, address=ADDRESS) is False
    site.says(document())
    assert client_prepare(URL, address=ADDRESS) is True


def test_a_document_that_was_no_good_is_not_remembered_as_such(site: Site) -> None:
    assert asked() is None
    with platform_scope("test"):
        assert not Application.objects.exists()
    site.says(document())
    assert asked() is not None


def test_a_host_that_is_no_longer_accepted_ends_its_clients(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.says(document())
    assert asked() is not None
    monkeypatch.setattr(client_policy, "REFUSED_HOSTS", frozenset({"client.example"}))
    assert asked() is None
    assert client_by_id(URL) is None


def test_one_address_makes_us_ask_so_often_and_no_more(site: Site) -> None:
    urls = [f"https://client.example/{number}" for number in range(FOR_ONE_ADDRESS.most + 1)]
    assert {asked(url) for url in urls} == {None}
    assert len(site.asked) == FOR_ONE_ADDRESS.most
    assert asked("https://client.example/other", address="198.51.100.7") is None
    assert len(site.asked) == FOR_ONE_ADDRESS.most + 1


def test_addresses_of_one_network_are_counted_together(site: Site) -> None:
    for number in range(FOR_ONE_ADDRESS.most + 1):
        asked(f"https://client.example/{number}", address=f"2001:db8:1:2::{number:x}")
    assert len(site.asked) == FOR_ONE_ADDRESS.most


def test_one_host_is_asked_so_often_and_its_known_clients_all_the_same(site: Site) -> None:
    site.says(document())
    assert asked() is not None
    for number in range(OF_ONE_HOST.most + 1):
        asked(f"https://client.example/{number}", address=f"198.51.100.{number}")
    assert len(site.asked) == OF_ONE_HOST.most
    aged(cimd_expires_at=past())
    assert asked() is not None


def test_nobody_waits_while_too_many_sites_are_being_asked(site: Site) -> None:
    site.says(document())
    taken = [documents.free_slots.acquire(blocking=False) for _ in range(AT_ONCE)]
    try:
        assert all(taken)
        assert asked() is None
        assert site.asked == []
    finally:
        for _ in taken:
            documents.free_slots.release()
    assert asked() is not None


def test_a_person_lets_such_a_client_in(site: Site, cast: Cast) -> None:
    site.says(document())
    flow = flow_of(cast.max, client_id=URL, registration_source="cimd")
    with platform_scope("test"):
        Application.objects.all().delete()
    page = flow.ask()
    assert page.status_code == 200, page.content
    assert "Editor of Example" in page.content.decode()
    assert "client.example" in page.content.decode()
    assert flow.tokens()["token_type"] == "Bearer"


def test_nobody_unknown_makes_us_ask_anybody(site: Site, cast: Cast) -> None:
    site.says(document())
    flow = flow_of(None, client_id=URL, registration_source="cimd")
    with platform_scope("test"):
        Application.objects.all().delete()
    for changes in ({}, {"prompt": "none"}):
        assert flow.ask(**changes)["Location"].startswith("/accounts/login/")
    assert flow.trade("atc_" + "0" * 64).json()["error"] == "invalid_client"
    assert flow.refresh("atr_" + "0" * 64).json()["error"] == "invalid_client"
    assert flow.revoke("ata_" + "0" * 64).json()["error"] == "invalid_client"
    assert (site.names.asked, site.asked) == ([], [])


def test_a_decision_does_not_count_for_a_client_that_is_gone_meanwhile(site: Site, cast: Cast) -> None:
    site.says(document())
    flow = flow_of(cast.max, client_id=URL, registration_source="cimd")
    page = flow.ask()
    aged(cimd_expires_at=past())
    site.says({}, status="410 Gone")
    answer = flow.decide(page)
    assert answer.status_code == 400
    assert "Location" not in answer


def test_a_redirect_uri_that_left_the_document_is_no_longer_answered(site: Site, cast: Cast) -> None:
    site.says(document())
    flow = flow_of(cast.max, client_id=URL, registration_source="cimd")
    page = flow.ask()
    aged(cimd_expires_at=past())
    site.says(document(redirect_uris=["https://client.example/callback"]))
    assert flow.ask().status_code == 400
    assert flow.decide(page).status_code == 400
