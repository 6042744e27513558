"""Confirming an address, and changing to another."""

from typing import Any, Final

import pytest
from django.core import mail
from django.core.cache import cache

from tenants.models import User
from tenants.selectors.users import claimants
from tenants.services.users import user_create, user_email_verified, user_sign_up
from tests.control_plane.accounts.visitor import PASSWORD, Visitor, link_to, mails_to
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db

CONFIRM: Final = "/accounts/confirm-email/"
CHANGE: Final = "/accounts/email/"


@pytest.fixture
def nora() -> Visitor:
    """Signed up a moment ago."""
    visitor = Visitor()
    visitor.sign_up("nora@north.test")
    return visitor


def verified(email: str) -> User | None:
    return claimants(email=email).owner


def test_the_link_asks_whoever_is_not_signed_in_to_sign_in_first(nora: Visitor) -> None:
    path, phone = link_to("nora@north.test"), Visitor()
    asked = phone.get(path)["Location"]
    assert asked.startswith("/accounts/login/?next=%2Faccounts%2Fconfirm-email%2F")
    assert verified("nora@north.test") is None
    assert phone.sign_in("nora@north.test", next=path)["Location"] == path
    assert phone.get(path)["Location"] == "/app/"
    assert verified("nora@north.test") is not None


def test_whoever_gets_a_mail_that_they_did_not_ask_for_confirms_nothing_by_opening_it(cast: Cast) -> None:
    """Somebody signs up with an address that is not theirs; its owner has another account, and opens the link."""
    intruder = Visitor()
    intruder.sign_up("gus@new.test")
    owner = Visitor()
    owner.client.force_login(cast.gus.user)
    page = owner.get(link_to("gus@new.test"))
    assert page.status_code == 200
    assert "This link is not good any more" in page.content.decode()
    assert owner.is_signed_in
    assert verified("gus@new.test") is None


@pytest.mark.parametrize("path", [f"{CONFIRM}made-up/", f"{CONFIRM}MQ:1abcde:{'0' * 43}/"])
def test_a_link_that_nobody_sent_says_what_one_of_somebody_else_says(nora: Visitor, path: str) -> None:
    other = Visitor("203.0.113.1")
    other.sign_up("otto@north.test")
    foreign = nora.get(link_to("otto@north.test"))
    assert (nora.get(path).status_code, nora.get(path).content[-200:]) == (foreign.status_code, foreign.content[-200:])


def test_a_link_is_good_once(nora: Visitor) -> None:
    path = link_to("nora@north.test")
    assert nora.get(path).status_code == 302
    assert "This link is not good any more" in nora.get(path).content.decode()


def test_of_two_that_claim_an_address_the_second_link_does_nothing(nora: Visitor) -> None:
    other = Visitor("203.0.113.1")
    other.client.force_login(user_sign_up(email="nora@north.test", password="somebody else's own"))
    other.post(CONFIRM)
    first = mails_to("nora@north.test")[0]
    assert len(mails_to("nora@north.test")) == 1, "one mail a minute to one address, whoever asks"
    path = first.body.split("\n\n")[2].partition("/accounts/")[2]
    user_create(email="nora@north.test")
    nora.get(f"/accounts/{path.strip()}")
    assert User.objects.filter(email="nora@north.test", email_verified_at__isnull=False).count() == 1
    assert nora.get(CONFIRM).context["person"].email_verified_at is None


def test_the_link_is_sent_again_but_not_again_and_again(nora: Visitor) -> None:
    assert nora.post(CONFIRM)["Location"] == CONFIRM
    assert "We sent a link a moment ago" in nora.get(CONFIRM).content.decode()
    assert len(mails_to("nora@north.test")) == 1
    cache.clear()  # A minute later, as far as rates go.
    nora.post(CONFIRM)
    assert len(mails_to("nora@north.test")) == 2


def test_who_is_confirmed_gets_no_more_links(cast: Cast) -> None:
    ada = Visitor()
    ada.client.force_login(cast.ada.user)
    ada.post(CONFIRM)
    assert mail.outbox == []
    assert "Your address is confirmed" in ada.get(CONFIRM).content.decode()


def test_a_page_of_the_tenant_asks_for_it_until_it_is_done(nora: Visitor) -> None:
    nora.post("/start/", name="North", slug="north", template="blank")
    banner = 'href="/accounts/confirm-email/"'
    assert banner in nora.get("/app/north/members/").content.decode()
    user_email_verified(user=User.objects.get(email="nora@north.test"))
    assert banner not in nora.get("/app/north/members/").content.decode()


def test_another_address_counts_once_its_link_was_opened(cast: Cast) -> None:
    user = cast.ada.user
    user.set_password(PASSWORD)
    user.save()
    ada = Visitor()
    ada.sign_in(user.email)
    assert ada.post(CHANGE, email="Ada@New.test", password=PASSWORD).status_code == 302
    assert (verified("ada@acme.test"), verified("ada@new.test")) == (user, None)
    assert mails_to("ada@acme.test") == []
    assert ada.get(link_to("ada@new.test")).status_code == 302
    assert (verified("ada@acme.test"), verified("ada@new.test")) == (None, user)
    again = Visitor()
    again.sign_in("ada@new.test")
    assert again.is_signed_in


def test_whoever_mistyped_their_address_changes_it_before_it_is_confirmed(nora: Visitor) -> None:
    nora.post(CHANGE, email="nora@south.test", password=PASSWORD)
    old, new = link_to("nora@north.test"), link_to("nora@south.test")
    assert nora.get(new).status_code == 302
    assert verified("nora@south.test") is not None
    assert "not good any more" in nora.get(old).content.decode()
    assert User.objects.count() == 1


def test_an_earlier_wish_is_forgotten(nora: Visitor) -> None:
    for email in ("one@south.test", "two@south.test"):
        nora.post(CHANGE, email=email, password=PASSWORD)
    assert "not good any more" in nora.get(link_to("one@south.test")).content.decode()
    nora.get(link_to("two@south.test"))
    assert verified("two@south.test") is not None


def test_an_address_that_has_an_account_looks_like_one_that_has_none(nora: Visitor, cast: Cast) -> None:
    answers = [nora.post(CHANGE, email=email, password=PASSWORD) for email in ("free@new.test", "ada@acme.test")]
    assert answers[0]["Location"] == answers[1]["Location"] == "/accounts/"
    (free,), (taken,) = mails_to("free@new.test"), mails_to("ada@acme.test")
    assert free.subject == taken.subject
    assert "/confirm-email/" not in taken.body
    assert verified("ada@acme.test") == cast.ada.user


@pytest.mark.parametrize(
    ("email", "password"),
    [("new@north.test", "wrong"), ("nora@north.test", PASSWORD), ("nowhere", PASSWORD), ("new@north.test", "")],
)
def test_a_change_takes_the_password_and_another_address(nora: Visitor, email: str, password: str) -> None:
    before = len(mail.outbox)
    page = nora.post(CHANGE, email=email, password=password)
    assert page.status_code == 422
    assert page.context["form"].errors
    assert len(mail.outbox) == before


def test_changes_are_made_so_often_only(nora: Visitor) -> None:
    for number in range(6):
        page = nora.post(CHANGE, email=f"{number}@south.test", password=PASSWORD)
    assert "Wait a little" in page.content.decode()
    assert mails_to("5@south.test") == []


def test_a_claim_at_an_accepted_domain_does_not_become_an_address_elsewhere(settings: Any) -> None:
    settings.SIGNUP, settings.SIGNUP_DOMAINS = "domains", ["north.test"]
    nora = Visitor()
    nora.sign_up("nobody-there@north.test")
    refused = nora.post(CHANGE, email="nora@elsewhere.test", password=PASSWORD)
    assert refused.status_code == 422
    assert "Sign-up is for addresses at north.test" in refused.content.decode()
    assert mails_to("nora@elsewhere.test") == []
    assert nora.post(CHANGE, email="nora@north.test", password=PASSWORD).status_code == 302
    nora.get(link_to("nora@north.test"))
    assert nora.post(CHANGE, email="nora@elsewhere.test", password=PASSWORD).status_code == 302


def test_a_session_left_open_is_no_place_to_guess_the_password(nora: Visitor) -> None:
    guessed = [nora.post(CHANGE, email="thief@south.test", password=f"guess {count}") for count in range(10)]
    assert all("This is not your password" in page.content.decode() for page in guessed)
    late = nora.post(CHANGE, email="thief@south.test", password=PASSWORD)
    assert "Too many attempts" in late.content.decode()
    assert mails_to("thief@south.test") == []
