"""The wizard, and the choice among several tenants."""

from typing import Any

import pytest
from django.test import Client

from tenants.models import User
from tenants.services.members import membership_add
from tenants.services.users import user_create
from tests.control_plane.dashboard.pages import signed_in_client
from tests.fixtures.cast import Cast, Person

START = "/start/"
STATE = "/start/slug"


@pytest.fixture
def nora(cast: Cast) -> Client:
    """Somebody without a tenant."""
    client = Client()
    client.force_login(user_create(email="nora@north.test"))
    return client


def test_whoever_has_no_tenant_is_led_to_make_one(nora: Client) -> None:
    assert nora.get("/app/")["Location"] == START
    assert "Make your tenant" in nora.get(START).content.decode()
    answer = nora.post(START, {"name": "North", "slug": "north", "template": "blank"})
    assert (answer.status_code, answer["Location"]) == (302, "/app/north/servers/main/connect/")
    assert nora.get("/app/")["Location"] == "/app/north/"


@pytest.mark.parametrize(
    ("slug", "field", "reason"),
    [
        ("acme", "slug", "is taken"),
        ("operator", "slug", "kept for the platform"),
        ("Not A Slug", "slug", "lower-case letters"),
        ("", "slug", "required"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    nora: Client, slug: str, field: str, reason: str
) -> None:
    page = nora.post(START, {"name": "North & <Wind>", "slug": slug, "template": "utilities"})
    assert page.status_code == 422
    assert reason in str(page.context["form"].errors[field])
    assert "North &amp; &lt;Wind&gt;" in page.content.decode()
    assert nora.get("/app/")["Location"] == START


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("north", "free"),
        ("acme", "is taken"),
        ("new", "kept for the platform"),
        ("-", "lower-case letters"),
        ("<b>", "lower-case letters"),
        ("", "slug-state"),
    ],
)
def test_a_slug_is_looked_at_as_one_types(nora: Client, slug: str, says: str) -> None:
    answer = nora.get(STATE, {"slug": slug}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert says in text
    assert "<b>" not in text
    assert "<html" not in text


def test_slugs_are_asked_for_so_often_only(nora: Client, cast: Cast) -> None:
    statuses = {nora.get(STATE, {"slug": "acme"}).status_code for _ in range(120)}
    assert statuses == {200}
    assert nora.get(STATE, {"slug": "acme"}).status_code == 429
    assert signed_in_client(cast.ada).get(STATE, {"slug": "acme"}).status_code == 200
    assert Client().get(STATE, {"slug": "acme"})["Location"].startswith("/accounts/login/")


def test_a_claim_starts_nothing_where_sign_up_is_not_open(nora: Client, settings: Any) -> None:
    settings.SIGNUP = "domains"
    User.objects.filter(email="nora@north.test").update(email_verified_at=None)
    page = nora.post(START, {"name": "North", "slug": "north", "template": "blank"})
    assert "Confirm your e-mail address first" in page.content.decode()


@pytest.fixture
def at_both(cast: Cast) -> Person:
    """Max, at acme and at globex."""
    membership_add(tenant=cast.globex.tenant, actor=cast.gus.actor, user=cast.max.user, role="auditor")
    return cast.max


def test_whoever_has_several_chooses_and_is_led_back_to_the_last(at_both: Person) -> None:
    client = signed_in_client(at_both)
    page = client.get("/app/").content.decode()
    assert all(f'href="/app/{slug}/"' in page for slug in ("acme", "globex"))
    client.get("/app/globex/settings/you")
    assert client.get("/app/")["Location"] == "/app/globex/"
    assert "where you were last" in client.get("/app/?all").content.decode()
    client.get("/app/acme/settings/you")
    assert client.get("/app/")["Location"] == "/app/acme/"


def test_the_switcher_lists_both_and_nobody_elses(at_both: Person, cast: Cast) -> None:
    page = signed_in_client(at_both).get("/app/acme/settings/you").content.decode()
    assert all(f'href="/app/{slug}/"' in page for slug in ("acme", "globex"))
    assert "/app/globex/" not in signed_in_client(cast.ada).get("/app/acme/settings/you").content.decode()


def test_a_tenant_that_one_left_is_not_led_to(at_both: Person, cast: Cast) -> None:
    client = signed_in_client(cast.ada)
    client.cookies["atrium-tenant"] = "globex"
    assert client.get("/app/")["Location"] == "/app/acme/"
    client.cookies["atrium-tenant"] = "//evil.example/"
    assert signed_in_client(at_both).get("/app/").status_code == 200
