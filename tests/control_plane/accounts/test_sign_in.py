"""Signing in and out: the same answer, in the same work, for everybody who does not get in."""

from typing import Any, ClassVar

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from tenants.models import User
from tenants.services.users import user_create, user_disable, user_sign_up
from tests.control_plane.accounts.visitor import PASSWORD, SIGN_IN, SIGN_OUT, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return user_create(email="ada@acme.test", password=PASSWORD)


def test_the_right_password_signs_in_whatever_the_case_of_the_address(ada: User) -> None:
    visitor = Visitor()
    answer = visitor.sign_in(" Ada@Acme.test ")
    assert (answer.status_code, answer["Location"]) == (302, "/app/")
    assert visitor.client.session["_auth_user_id"] == str(ada.pk)
    assert visitor.get(SIGN_IN)["Location"] == "/app/"


class CountingHasher(Argon2PasswordHasher):
    """Counts how often it works: that is what takes time."""

    work: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.work.append("encode")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.work.append("verify")
        return super().verify(password, encoded)


def test_whoever_does_not_get_in_learns_nothing_from_the_answer_or_its_time(ada: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.control_plane.accounts.test_sign_in.CountingHasher"]
    user_disable(user=user_create(email="old@acme.test", password=PASSWORD))
    user_sign_up(email="claimed@acme.test", password=PASSWORD)
    user_create(email="both@acme.test", password=PASSWORD)
    user_sign_up(email="both@acme.test", password=PASSWORD)
    user_create(email="without@acme.test")
    seen = set()
    for number, name in enumerate(("ada", "nobody", "claimed", "both", "without", "old")):
        CountingHasher.work.clear()
        visitor = Visitor(f"198.51.100.{number}")
        page = visitor.sign_in(f"{name}@acme.test", "not the password")
        text = page.content.decode().replace(f"{name}@acme.test", "…").replace(str(page.context["csrf_token"]), "…")
        seen.add((page.status_code, text, len(CountingHasher.work)))
        assert not visitor.is_signed_in
    assert len({(status, work) for status, _, work in seen}) == 1
    assert len({page for _, page, _ in seen}) == 1


def test_a_disabled_person_is_told_what_a_stranger_is(ada: User) -> None:
    user_disable(user=ada)
    visitor = Visitor()
    assert visitor.sign_in("ada@acme.test").status_code == 200
    assert not visitor.is_signed_in


def test_whoever_claimed_an_address_last_gets_back_in_beside_its_owner(ada: User) -> None:
    user_sign_up(email="ada@acme.test", password="an older claim's own")
    newest = user_sign_up(email="ada@acme.test", password="a newer claim's own")
    visitor = Visitor()
    visitor.sign_in("ada@acme.test", "a newer claim's own")
    assert visitor.client.session["_auth_user_id"] == str(newest.pk)
    assert Visitor().sign_in("ada@acme.test", "an older claim's own").status_code == 200
    owner = Visitor()
    owner.sign_in("ada@acme.test")
    assert owner.client.session["_auth_user_id"] == str(ada.pk)


def test_a_session_that_somebody_planted_is_worth_nothing(ada: User) -> None:
    visitor = Visitor()
    visitor.get("/invitations/unknown")
    visitor.client.session.save()
    session = visitor.client.session
    session["planted"] = True
    session.save()
    visitor.client.cookies["atrium-session"] = session.session_key
    visitor.sign_in("ada@acme.test")
    assert visitor.client.cookies["atrium-session"].value != session.session_key
    stale = Visitor()
    stale.client.cookies["atrium-session"] = session.session_key
    assert stale.get("/app/")["Location"].startswith(SIGN_IN)


def test_signing_out_takes_a_press_of_the_button_and_ends_the_session(ada: User) -> None:
    visitor = Visitor()
    visitor.sign_in("ada@acme.test")
    cookie = visitor.client.cookies["atrium-session"].value
    assert visitor.get(SIGN_OUT).status_code == 200
    assert visitor.is_signed_in
    assert visitor.post(SIGN_OUT)["Location"] == "/"
    stolen = Visitor()
    stolen.client.cookies["atrium-session"] = cookie
    assert stolen.get("/app/")["Location"].startswith(SIGN_IN)


@pytest.mark.parametrize("path", [SIGN_IN, SIGN_OUT])
def test_a_form_without_its_token_does_nothing(ada: User, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.post(path, {"login": "ada@acme.test", "password": PASSWORD}).status_code == 403
    assert "_auth_user_id" in client.session


def test_one_account_is_guessed_at_so_often_only(ada: User) -> None:
    for name in ("ada", "nobody"):
        pages = [Visitor(f"203.0.113.{number}").sign_in(f"{name}@acme.test", "guess") for number in range(6)]
        errors = [page.context["form"].non_field_errors()[0].partition(".")[0] for page in pages]
        assert errors[:5] == ["No account has this address with this password"] * 5, name
        assert errors[5] == "Too many attempts to sign in"
    right = Visitor("203.0.113.77")
    right.sign_in("ada@acme.test")
    assert not right.is_signed_in


def test_one_place_guesses_so_often_only(ada: User) -> None:
    pages = [Visitor().sign_in(f"{number}@acme.test", "guess") for number in range(11)]
    assert "Too many attempts" in pages[10].content.decode()
    assert "Too many attempts" not in pages[9].content.decode()
    elsewhere = Visitor("203.0.113.9")
    elsewhere.sign_in("ada@acme.test")
    assert elsewhere.is_signed_in


OUTSIDE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    " https://evil.example",
    "\thttps://evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "http://127.0.0.1/",
    "http://localhost:9/",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver@evil.example",
    "evil.example",
    "%2F%2Fevil.example",
    "http:\\\\evil.example",
    "//evil.example/%2e%2e",
    "/%09/evil.example\x00",
    "\x00//evil.example",
    "//[::1]/",
]


@pytest.mark.parametrize("target", OUTSIDE)
def test_nobody_is_led_elsewhere(ada: User, target: str) -> None:
    visitor = Visitor()
    for answer in (
        visitor.sign_in("ada@acme.test", next=target),
        visitor.client.get(SIGN_IN, {"next": target}),
        visitor.post(SIGN_OUT, next=target),
        Visitor().sign_up("nora@north.test", next=target),
    ):
        assert answer.status_code == 302
        location = answer["Location"]
        assert location.startswith("/"), location
        assert "evil.example" not in location or location.startswith("/%09/"), location
        assert not location.startswith(("//", "/\\", "/\t", "/\n")), location


def test_where_somebody_wanted_to_go_they_go(ada: User) -> None:
    path = "/app/acme/calls/?server=demo&outcome=denied"
    visitor = Visitor()
    asked = visitor.get(path)["Location"]
    assert asked.startswith(f"{SIGN_IN}?next=%2Fapp%2Facme")
    shown = visitor.get(asked).context["redirect_field_value"]
    assert shown == path
    assert visitor.sign_in("ada@acme.test", next=shown)["Location"] == path
