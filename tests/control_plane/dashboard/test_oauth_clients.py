"""The pages of OAuth clients: made once, with a secret that is shown once, by whoever manages servers."""

import re
from typing import Any

import pytest
from django.test import Client

from tenants.models import Application, Connection
from tenants.scope import tenant_scope
from tenants.services.oauth_clients import IssuedClient, oauth_client_create
from tests.control_plane.dashboard.pages import as_role, fields_of, signed_in_client
from tests.fixtures.cast import Cast, Person
from tests.fixtures.oauth import connection_build

CLIENTS = "/app/acme/clients/"
NEW = "/app/acme/clients/new"
CALLBACK = "https://app.acme.test/callback"


def client_of(person: Person, **choices: Any) -> IssuedClient:
    chosen = {"name": "Helpdesk", "redirect_uris": [CALLBACK], "auth_method": "client_secret_basic", **choices}
    return oauth_client_create(tenant=person.company.tenant, actor=person.actor, **chosen)


def clients(cast: Cast) -> list[Application]:
    with tenant_scope(cast.acme.tenant):
        return list(Application.objects.order_by("created"))


def filled(browser: Client, **chosen: Any) -> dict[str, Any]:
    usual = {"name": "Helpdesk", "redirect_uris": CALLBACK, "auth_method": "client_secret_basic"}
    return {**fields_of(browser.get(NEW)), **usual, **chosen}


def secret_in(page: Any) -> str:
    found = re.search(r"\batk?[a-z]*_[0-9A-Za-z]{30,}", page.content.decode())
    return "" if found is None else found[0]


def test_a_secret_is_on_the_answer_that_made_it_and_nowhere_else(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    form = filled(browser)
    made = browser.post(NEW, form)
    secret = secret_in(made)
    assert (made.status_code, bool(secret)) == (200, True)
    again = browser.post(NEW, form)
    assert (again.status_code, secret_in(again)) == (422, "")
    (client,) = clients(cast)
    for path in (CLIENTS, f"{CLIENTS}{client.pk}/"):
        page = browser.get(path).content.decode()
        assert client.client_id in page
        assert secret not in page


def test_a_public_client_has_no_secret(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    made = browser.post(NEW, filled(browser, auth_method="none"))
    assert (made.status_code, secret_in(made)) == (200, "")
    (client,) = clients(cast)
    assert client.auth_method == "none"
    assert "New secret" not in browser.get(f"{CLIENTS}{client.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "required"),
        ({"redirect_uris": "http://app.acme.test/"}, "begins with https://"),
        ({"auth_method": "private_key_jwt"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(cast: Cast, wrong: dict[str, str], says: str) -> None:
    browser = signed_in_client(cast.ada)
    answer = browser.post(NEW, filled(browser, **wrong))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert wrong.get("redirect_uris", CALLBACK) in answer.content.decode()
    assert clients(cast) == []


def test_other_names_and_addresses_are_saved(cast: Cast) -> None:
    client, browser = client_of(cast.ada).oauth_client, signed_in_client(cast.ada)
    page = f"{CLIENTS}{client.pk}/"
    changed = {"name": "Desk", "redirect_uris": f"{CALLBACK}\nhttp://127.0.0.1/callback"}
    assert browser.post(page, changed).status_code == 302
    (client,) = clients(cast)
    assert (client.name, client.redirect_uris) == ("Desk", f"{CALLBACK} http://127.0.0.1/callback")
    assert browser.post(page, {"name": "Desk", "redirect_uris": "nonsense"}).status_code == 422


def test_a_new_secret_is_made_once_for_one_form(cast: Cast) -> None:
    client, browser = client_of(cast.ada).oauth_client, signed_in_client(cast.ada)
    form = {"mark": browser.get(f"{CLIENTS}{client.pk}/").context["mark"]}
    rotated = browser.post(f"{CLIENTS}{client.pk}/rotate", form)
    assert secret_in(rotated)
    (after,) = clients(cast)
    again = browser.post(f"{CLIENTS}{client.pk}/rotate", form)
    assert (again.status_code, again["Location"]) == (302, f"{CLIENTS}{client.pk}/")
    assert clients(cast)[0].client_secret == after.client_secret != client.client_secret


def test_deleting_says_who_is_cut_off_and_cuts_them_off(cast: Cast) -> None:
    client, browser = client_of(cast.ada).oauth_client, signed_in_client(cast.ada)
    connection_build(cast.max, client)
    assert "1 connection ends" in browser.get(f"{CLIENTS}{client.pk}/").content.decode()
    assert browser.post(f"{CLIENTS}{client.pk}/delete").status_code == 302
    assert clients(cast) == []
    with tenant_scope(cast.acme.tenant):
        assert not Connection.objects.filter(revoked_at=None).exists()


@pytest.mark.parametrize(
    ("role", "may"), [("owner", True), ("admin", True), ("developer", True), ("caller", False), ("auditor", False)]
)
def test_who_manages_servers_manages_clients(cast: Cast, role: str, may: bool) -> None:
    client = client_of(cast.ada).oauth_client
    browser, _ = as_role(cast, role)
    for path in (CLIENTS, NEW, f"{CLIENTS}{client.pk}/"):
        assert browser.get(path).status_code == (200 if may else 403)
    assert browser.post(f"{CLIENTS}{client.pk}/delete").status_code == (302 if may else 403)
    assert len(clients(cast)) == (0 if may else 1)


def test_the_outsider_sees_no_client(cast: Cast) -> None:
    client, gus = client_of(cast.ada).oauth_client, signed_in_client(cast.gus)
    assert gus.get(CLIENTS).status_code == 404
    assert gus.get(f"/app/globex/clients/{client.pk}/").status_code == 404
    assert gus.post(f"/app/globex/clients/{client.pk}/delete").status_code == 404
    assert client.client_id not in gus.get("/app/globex/clients/").content.decode()


def test_a_form_of_one_tenant_makes_nothing_in_another(cast: Cast) -> None:
    form = filled(signed_in_client(cast.ada))
    answer = signed_in_client(cast.gus).post("/app/globex/clients/new", form)
    assert (answer.status_code, secret_in(answer)) == (422, "")


def test_many_clients_are_listed_with_as_many_queries_as_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser = signed_in_client(cast.ada)
    client_of(cast.ada)
    browser.get(CLIENTS)
    with django_assert_max_num_queries(16) as counted:
        browser.get(CLIENTS)
    for number in range(8):
        connection_build(cast.max, client_of(cast.ada, name=f"<b>{number}").oauth_client)
    with django_assert_max_num_queries(len(counted)):
        page = browser.get(CLIENTS).content.decode()
    assert "<b>1" not in page
