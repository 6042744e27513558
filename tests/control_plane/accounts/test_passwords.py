"""Changing and resetting passwords."""

from typing import Any, Final

import pytest
from django.core import mail

from tenants.models import User
from tenants.services.users import user_create, user_sign_up
from tests.control_plane.accounts.visitor import PASSWORD, RESET, Visitor, link_to, mails_to

pytestmark = pytest.mark.django_db

CHANGE: Final = "/accounts/password/change/"
NEW: Final = "four wandering storks"


@pytest.fixture
def ada() -> User:
    return user_create(email="ada@acme.test", password=PASSWORD)


def signed_in(email: str = "ada@acme.test", address: str = "198.51.100.7") -> Visitor:
    visitor = Visitor(address)
    visitor.sign_in(email)
    assert visitor.is_signed_in
    return visitor


def is_let_in(visitor: Visitor) -> bool:
    return not visitor.get("/app/")["Location"].startswith("/accounts/login/")


def test_another_password_signs_out_everywhere_else(ada: User) -> None:
    here, elsewhere = signed_in(), signed_in()
    assert here.post(CHANGE, oldpassword=PASSWORD, password1=NEW).status_code == 302
    assert (is_let_in(here), is_let_in(elsewhere)) == (True, False)
    ada.refresh_from_db()
    assert ada.check_password(NEW)


@pytest.mark.parametrize(("old", "new"), [("wrong", NEW), (PASSWORD, "short"), ("", NEW), (PASSWORD, "")])
def test_it_takes_the_old_one_and_a_good_new_one(ada: User, old: str, new: str) -> None:
    here, elsewhere = signed_in(), signed_in()
    page = here.post(CHANGE, oldpassword=old, password1=new)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert is_let_in(elsewhere)


def reset(visitor: Visitor, email: str) -> Any:
    return visitor.post(RESET, email=email)


def open_link(visitor: Visitor, path: str) -> str:
    """The page behind a reset link, whose address has lost the token."""
    answer = visitor.get(path)
    return str(answer["Location"]) if answer.status_code == 302 else ""


def test_a_link_in_a_mail_sets_another_password_once(ada: User) -> None:
    elsewhere, visitor = signed_in(address="203.0.113.1"), Visitor()
    assert reset(visitor, " ADA@acme.test").status_code == 302
    path = link_to("ada@acme.test")
    form = open_link(visitor, path)
    assert path.rstrip("/").rpartition("/")[2] not in form
    assert visitor.post(form, password1=NEW)["Location"] == "/app/"
    assert (visitor.is_signed_in, is_let_in(elsewhere)) == (True, False)
    late = Visitor()
    assert open_link(late, path) == ""
    assert "not good any more" in late.get(path).content.decode()
    ada.refresh_from_db()
    assert ada.check_password(NEW)


def test_who_has_an_account_is_not_told_by_asking_for_a_link(ada: User) -> None:
    user_create(email="old@acme.test", password=PASSWORD)
    User.objects.filter(email="old@acme.test").update(is_active=False)
    user_sign_up(email="claimed@acme.test", password=PASSWORD)
    seen = set()
    for name in ("ada", "nobody", "claimed", "old"):
        answer = reset(Visitor(), f"{name}@acme.test")
        seen.add((answer.status_code, answer["Location"], answer.content))
        assert [message.subject for message in mails_to(f"{name}@acme.test")] == ["Reset your password"]
    assert len(seen) == 1
    assert "has no account there" in mails_to("nobody@acme.test")[0].body


def test_a_link_confirms_the_address_that_it_reached() -> None:
    nora = user_sign_up(email="nora@north.test", password="somebody else's own")
    visitor = Visitor()
    reset(visitor, nora.email)
    visitor.post(open_link(visitor, link_to(nora.email)), password1=NEW)
    nora.refresh_from_db()
    assert nora.email_verified_at is not None
    assert nora.check_password(NEW)


def test_a_link_is_good_for_nothing_once_the_address_is_somebody_elses() -> None:
    nora = user_sign_up(email="nora@north.test", password=PASSWORD)
    visitor = Visitor()
    reset(visitor, nora.email)
    form = open_link(visitor, link_to(nora.email))
    user_create(email="nora@north.test", password=PASSWORD)
    page = visitor.post(form, password1=NEW)
    assert "belongs to another account" in page.content.decode()
    nora.refresh_from_db()
    assert nora.email_verified_at is None
    assert nora.check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "ada@acme.test", ""])
def test_a_poor_password_is_not_set_by_a_link_either(ada: User, password: str) -> None:
    visitor = Visitor()
    reset(visitor, ada.email)
    page = visitor.post(open_link(visitor, link_to(ada.email)), password1=password)
    assert page.context["form"].errors["password1"]
    assert not visitor.is_signed_in


@pytest.mark.parametrize(
    "path",
    [
        f"{RESET}made-up/made-up/",
        f"{RESET}{'0' * 32}/set-password/",
        f"{RESET}{'0' * 32}/c0ffee-{'0' * 32}/",
        f"{RESET}11111111-2222-4333-8444-555555555555/x/",
    ],
)
def test_a_link_that_nobody_sent_says_what_a_used_one_says(path: str) -> None:
    page = Visitor().get(path)
    assert page.status_code == 200
    assert "This link is not good any more" in page.content.decode()


def test_links_begin_with_the_one_base_url_whatever_host_was_named(ada: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.PUBLIC_URL = ["*"], "https://atrium.example"
    settings.EMBEDDED = False
    visitor = Visitor()
    for form in ((RESET, {"email": "ada@acme.test"}), ("/accounts/signup/", {"email": "a@b.test", "password1": NEW})):
        visitor.client.post(*form, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        html = message.alternatives[0].content
        assert "https://atrium.example/accounts/" in message.body
        assert "evil.example" not in message.body + html


def test_links_are_asked_for_so_often_only(ada: User) -> None:
    answers = [reset(Visitor(f"198.51.100.{number}"), "ada@acme.test").status_code for number in range(4)]
    strangers = [reset(Visitor(f"203.0.113.{number}"), "no@acme.test").status_code for number in range(4)]
    assert answers == strangers == [302, 302, 302, 429]
    assert len(mails_to("ada@acme.test")) == 3


def test_a_mail_says_the_same_in_both_forms(ada: User) -> None:
    reset(Visitor(), ada.email)
    (message,) = mails_to(ada.email)
    html = message.alternatives[0].content
    words = [" ".join(part.split()) for part in message.body.split("\n\n")]
    assert all(part in html for part in words)
    assert message.from_email.startswith("Atrium <atrium@")
