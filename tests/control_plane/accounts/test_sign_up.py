"""Signing up: in at once, and nobody learns who has an account."""

import re
from typing import Any, Final

import pytest
from django.core import mail
from django.test import Client

from tenants.models import User
from tenants.selectors.users import claimants
from tests.control_plane.accounts.visitor import PASSWORD, SIGN_UP, Visitor, link_to, mails_to
from tests.fixtures.cast import Cast

MASKED: Final = re.compile(r"\b[A-Za-z0-9]{64}\b|\b\w+@\w+\.test\b|<time [^>]*>")


@pytest.mark.django_db
def test_whoever_signs_up_is_in_at_once_and_gets_a_link() -> None:
    nora = Visitor()
    answer = nora.sign_up("Nora@North.test")
    assert (answer.status_code, answer["Location"]) == (302, "/start/")
    assert nora.is_signed_in
    (user,) = User.objects.all()
    assert (user.email, user.email_verified_at) == ("nora@north.test", None)
    assert nora.get(link_to("nora@north.test"))["Location"] == "/app/"
    user.refresh_from_db()
    assert user.email_verified_at is not None


def all_of(visitor: Visitor, address: str) -> list[Any]:
    """Everything that somebody sees who signs up, leaves, and comes back."""
    answers = [visitor.sign_up(address), visitor.get("/start/"), visitor.get("/accounts/confirm-email/")]
    answers += [visitor.post("/accounts/confirm-email/"), visitor.get("/accounts/"), visitor.post("/accounts/logout/")]
    answers += [visitor.sign_in(address, "not this one"), visitor.sign_in(address), visitor.get("/app/")]
    answers += [visitor.post("/start/", name="North", slug=f"north-{len(mail.outbox)}", template="blank")]
    return [
        (answer.status_code, MASKED.sub("…", answer.content.decode()), answer.get("Location", "").rstrip("0123456789"))
        for answer in answers
    ]


def shape(address: str) -> list[tuple[str, int]]:
    """What can be seen of the mails to an address from outside: how many there are, and their subjects."""
    return [(message.subject, len(message.alternatives)) for message in mails_to(address)]


@pytest.mark.usefixtures("everything_shipped")
def test_an_address_that_has_an_account_looks_like_one_that_has_none(cast: Cast) -> None:
    free, taken = (all_of(Visitor(address), email) for address, email in ADDRESSES.items())
    for number, (one, other) in enumerate(zip(free, taken, strict=True)):
        assert one[:2] == other[:2], number
    assert [each[2].partition("/servers/")[0][:10] for each in free] == [
        each[2].partition("/servers/")[0][:10] for each in taken
    ]
    assert shape("nora@north.test") == shape("ada@acme.test") != []


ADDRESSES: Final = {"198.51.100.1": "nora@north.test", "198.51.100.2": "ada@acme.test"}


@pytest.fixture
def everything_shipped(settings: Any) -> None:
    settings.TOOL_CATALOGUE = "control_plane.composition.tool_catalogue"


def test_the_owner_of_an_address_is_told_and_keeps_everything(cast: Cast) -> None:
    cast.ada.user.set_password("ada's own password")
    cast.ada.user.save()
    somebody = Visitor()
    somebody.sign_up("ADA@acme.test")
    (told,) = mails_to("ada@acme.test")
    assert "belongs to your account there already" in told.body
    assert "/accounts/confirm-email/" not in told.body
    assert somebody.get("/app/acme/").status_code == 404
    assert Visitor().sign_in("ada@acme.test", "ada's own password").status_code == 302
    assert claimants(email="ada@acme.test").owner == cast.ada.user


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "password123", "1234567890", "nora@north.test", ""])
def test_a_poor_password_is_refused_with_the_reason(password: str) -> None:
    nora = Visitor()
    page = nora.sign_up("nora@north.test", password)
    assert page.status_code == 200
    assert page.context["form"].errors["password1"]
    assert 'value="nora@north.test"' in page.content.decode()
    assert (User.objects.count(), mail.outbox, nora.is_signed_in) == (0, [], False)


@pytest.mark.django_db
def test_what_is_typed_is_escaped() -> None:
    page = Visitor().sign_up('"><script>alert(1)</script>@north.test').content.decode()
    assert "<script>alert" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("signup", "address", "may"),
    [
        ("open", "nora@club.test", True),
        ("invite", "nora@north.test", False),
        ("domains", "nora@north.test", True),
        ("domains", "NORA@NORTH.TEST", True),
        ("domains", "nora@south.test", False),
        ("domains", "nora@north.test.evil.test", False),
        ("domains", "nora@sub.north.test", False),
    ],
)
def test_the_operator_says_who_may(settings: Any, signup: str, address: str, may: bool) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = signup, ["north.test"]
    nora = Visitor()
    nora.sign_up(address)
    assert (nora.is_signed_in, User.objects.exists()) == (may, may)


@pytest.mark.django_db
def test_a_closed_door_says_how_to_get_in(settings: Any) -> None:
    settings.SIGNUP = "invite"
    page = Visitor().get(SIGN_UP).content.decode()
    assert "Ask somebody who works here to invite you" in page
    assert "Create an account" not in Visitor().get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_one_place_signs_up_so_often_only() -> None:
    bot = Visitor()
    statuses = [Visitor(bot.address).sign_up("x", "y").status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]
    refused = bot.sign_up("nora@north.test")
    assert (refused.status_code, refused["Retry-After"], bot.is_signed_in) == (429, "60", False)
    assert Visitor("203.0.113.9").sign_up("nora@north.test").status_code == 302


@pytest.mark.django_db
def test_a_form_without_its_token_does_nothing() -> None:
    client = Client(enforce_csrf_checks=True)
    form = {"email": "nora@north.test", "password1": PASSWORD}
    assert client.post(SIGN_UP, form).status_code == 403
    assert not User.objects.exists()
