"""The pages of secrets: for whoever manages servers, without a value on any of them."""

from typing import Any

import pytest

from tenants.models import Secret
from tenants.scope import tenant_scope
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast
from tests.tenants.test_stored_secrets import VALUE, made, read, use

SECRETS = "/app/acme/secrets/"
NEW = f"{SECRETS}new"


def secrets(cast: Cast) -> list[Secret]:
    with tenant_scope(cast.acme.tenant):
        return list(Secret.objects.order_by("name"))


def test_a_secret_is_stored_and_no_page_has_its_value(cast: Cast) -> None:
    browser = signed_in_client(cast.ada)
    assert "No secret yet" in browser.get(SECRETS).content.decode()
    form = {"name": "crm-token", "value": f"{VALUE}\r\nsecond line\r\n", "description": "Opens the <b>CRM</b>"}
    stored = browser.post(NEW, form)
    (secret,) = secrets(cast)
    assert (stored.status_code, stored["Location"]) == (302, f"{SECRETS}{secret.pk}/")
    assert read(cast.ada) == f"{VALUE}\nsecond line"
    for path in (SECRETS, f"{SECRETS}{secret.pk}/", f"{SECRETS}{secret.pk}/rotate"):
        page = browser.get(path).content.decode()
        assert "crm-token" in page
        assert "<b>CRM" not in page
        assert VALUE not in page
    assert "{{secret.crm-token}}" in browser.get(f"{SECRETS}{secret.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"name": ""}, "required"), ({"name": "Crm"}, "beginning with a letter"), ({"value": "zilp"}, "at least 8")],
)
def test_what_is_wrong_is_said_and_the_value_is_not_repeated(cast: Cast, wrong: dict[str, str], says: str) -> None:
    form = {"name": "crm-token", "value": VALUE, "description": "Opens the CRM", **wrong}
    answer = signed_in_client(cast.ada).post(NEW, form)
    page = answer.content.decode()
    assert (answer.status_code, says in page, "Opens the CRM" in page) == (422, True, True)
    assert form["value"] not in page
    assert "Write it again" in page
    assert secrets(cast) == []


def test_it_is_described_and_rotated(cast: Cast) -> None:
    secret, browser = made(cast.ada), signed_in_client(cast.ada)
    one = f"{SECRETS}{secret.pk}/"
    assert browser.post(one, {"description": "Opens the CRM"}).status_code == 302
    assert browser.post(f"{one}rotate", {"value": "short"}).status_code == 422
    assert browser.post(f"{one}rotate", {"value": "another value"}).status_code == 302
    assert read(cast.ada) == "another value"
    page = browser.get(one).content.decode()
    assert "version 2" in page
    assert "Opens the CRM" in page


def test_deleting_one_that_is_used_says_what_stops_first(cast: Cast) -> None:
    secret, browser = made(cast.ada), signed_in_client(cast.ada)
    use(cast, {"crm-token"})
    refused = browser.post(f"{SECRETS}{secret.pk}/delete", follow=True).content.decode()
    assert "Nothing is deleted" in refused
    assert "Find customer" in refused
    assert browser.post(f"{SECRETS}{secret.pk}/delete", {"force": "1"}).status_code == 302
    assert secrets(cast) == []


@pytest.mark.parametrize(
    ("role", "may"), [("owner", True), ("admin", True), ("developer", True), ("caller", False), ("auditor", False)]
)
def test_who_manages_servers_manages_secrets(cast: Cast, role: str, may: bool) -> None:
    secret = made(cast.ada)
    browser, _ = as_role(cast, role)
    for path in (SECRETS, NEW, f"{SECRETS}{secret.pk}/", f"{SECRETS}{secret.pk}/rotate"):
        assert browser.get(path).status_code == (200 if may else 403)
    assert browser.post(f"{SECRETS}{secret.pk}/delete").status_code == (302 if may else 403)
    assert len(secrets(cast)) == (0 if may else 1)


def test_the_outsider_sees_no_secret(cast: Cast) -> None:
    secret, gus = made(cast.ada), signed_in_client(cast.gus)
    assert gus.get(SECRETS).status_code == 404
    assert gus.get(f"/app/globex/secrets/{secret.pk}/").status_code == 404
    assert gus.post(f"/app/globex/secrets/{secret.pk}/delete", {"force": "1"}).status_code == 404
    assert "No secret yet" in gus.get("/app/globex/secrets/").content.decode()
    assert len(secrets(cast)) == 1


def test_many_secrets_are_listed_with_as_many_queries_as_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    browser = signed_in_client(cast.ada)
    made(cast.ada)
    browser.get(SECRETS)
    with django_assert_max_num_queries(18) as counted:
        browser.get(SECRETS)
    for number in range(8):
        made(cast.ada, f"secret-{number}")
    use(cast, {"secret-1", "secret-2"})
    with django_assert_max_num_queries(len(counted)):
        browser.get(SECRETS)
