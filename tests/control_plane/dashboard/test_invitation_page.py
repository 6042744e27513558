"""The page behind an invitation's link."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tenants.actor import PLATFORM
from tenants.models import Invitation, User
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import tenant_of_user
from tenants.services.invitations import IssuedInvitation, invitation_revoke, invitations_create
from tenants.services.tenants import tenant_limits_set
from tenants.services.users import user_create, user_sign_up
from tests.control_plane.accounts.visitor import PASSWORD, SIGN_UP, Visitor
from tests.fixtures.cast import Cast

EVE = "eve@acme.test"
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")


@pytest.fixture
def issued(cast: Cast) -> IssuedInvitation:
    (invitation,) = invitations_create(tenant=cast.acme.tenant, actor=cast.ada.actor, emails=[EVE], role="developer")
    return invitation


@pytest.fixture
def path(issued: IssuedInvitation) -> str:
    return f"/invitations/{issued.token}"


def role_of(user: User) -> str | None:
    found = tenant_of_user(user_id=user.pk, slug="acme")
    return None if found is None else found.role


@pytest.mark.parametrize("signup", ["open", "invite", "domains"])
def test_a_stranger_signs_up_for_the_invited_address_and_joins(path: str, settings: Any, signup: str) -> None:
    settings.SIGNUP = signup
    eve = Visitor()
    page = eve.get(path).content.decode()
    assert "Join Acme" in page
    assert "ada@acme.test invites you as developer" in page
    assert eve.sign_up("somebody-else@evil.test", next=path)["Location"] == path
    user = User.objects.get(email=EVE)
    assert user.email_verified_at is not None
    assert mail.outbox == []
    assert "Join Acme as developer" in eve.get(path).content.decode()
    assert role_of(user) is None
    assert eve.post(path)["Location"] == "/app/acme/"
    assert role_of(user) == "developer"


def test_whoever_has_an_account_signs_in_and_joins(path: str) -> None:
    user, eve = user_create(email=EVE, password=PASSWORD), Visitor()
    eve.get(path)
    assert "has an account already" in eve.sign_up(EVE, next=path).content.decode()
    assert eve.sign_in(EVE, next=path)["Location"] == path
    assert eve.post(path)["Location"] == "/app/acme/"
    assert role_of(user) == "developer"


def test_joining_confirms_a_claimed_address(path: str) -> None:
    user = user_sign_up(email=EVE, password=PASSWORD)
    eve = Visitor()
    eve.client.force_login(user)
    eve.post(path)
    user.refresh_from_db()
    assert user.email_verified_at is not None


def test_somebody_else_is_told_to_come_as_the_invited_one(path: str, cast: Cast) -> None:
    gus = Visitor()
    gus.client.force_login(cast.gus.user)
    page = gus.get(path).content.decode()
    assert "you are signed in as <b>gus@globex.test</b>" in page
    refused = gus.post(path)
    assert (refused.status_code, role_of(cast.gus.user)) == (409, None)
    assert gus.post("/accounts/logout/", next=path)["Location"] == path
    assert "Create an account" in gus.get(path).content.decode()


def test_nobody_joins_without_signing_in(path: str) -> None:
    assert Visitor().post(path)["Location"].startswith("/accounts/login/?next=%2Finvitations%2F")


def test_a_claimant_of_somebody_elses_address_does_not_join(path: str) -> None:
    user_create(email=EVE)
    claimant = user_sign_up(email=EVE, password=PASSWORD)
    visitor = Visitor()
    visitor.client.force_login(claimant)
    page = visitor.post(path)
    assert page.status_code == 409
    assert "in use already" in page.content.decode()
    assert role_of(claimant) is None


def test_pressing_the_button_twice_leads_to_the_tenant(path: str, cast: Cast) -> None:
    (again,) = invitations_create(
        tenant=cast.acme.tenant, actor=cast.ada.actor, emails=["twice@acme.test"], role="caller"
    )
    User.objects.filter(pk=cast.max.user.pk).update(email="twice@acme.test")
    visitor = Visitor()
    visitor.client.force_login(User.objects.get(email="twice@acme.test"))
    assert visitor.post(f"/invitations/{again.token}")["Location"] == "/app/acme/"


def test_a_full_plan_is_said(path: str, cast: Cast) -> None:
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 2})
    eve = Visitor()
    eve.client.force_login(user_create(email=EVE))
    page = eve.post(path)
    assert page.status_code == 409
    assert "The plan has 2 seats" in page.content.decode()


def use(issued: IssuedInvitation) -> None:
    eve = Visitor("203.0.113.5")
    eve.client.force_login(user_create(email=EVE))
    eve.post(f"/invitations/{issued.token}")


def revoke(issued: IssuedInvitation) -> None:
    invitation_revoke(tenant=issued.invitation.tenant, actor=PLATFORM, invitation_id=issued.invitation.pk)


def expire(issued: IssuedInvitation) -> None:
    with tenant_scope(issued.invitation.tenant):
        Invitation.objects.update(expires_at=timezone.now())


@pytest.mark.parametrize("end", [use, revoke, expire])
@pytest.mark.parametrize("method", ["get", "post"])
def test_whatever_is_wrong_with_a_link_the_page_is_the_same(
    issued: IssuedInvitation, path: str, cast: Cast, end: Any, method: str
) -> None:
    end(issued)
    for user in (None, cast.gus.user):
        visitor = Visitor()
        if user is not None:
            visitor.client.force_login(user)
        pages = [getattr(visitor, method)(each) for each in (path, "/invitations/unknown", f"{path}x")]
        assert [page.status_code for page in pages] == [404] * 3
        assert len({TOKEN.sub("…", page.content.decode()) for page in pages}) == 1
        assert "Acme" not in pages[0].content.decode()


@pytest.mark.parametrize("end", [use, revoke, expire])
def test_a_link_that_ended_opens_no_closed_door(issued: IssuedInvitation, path: str, settings: Any, end: Any) -> None:
    settings.SIGNUP = "invite"
    late = Visitor()
    late.get(path)
    assert late.get(SIGN_UP).context["form"]["email"].value() == EVE
    end(issued)
    assert "Ask somebody who works here" in late.get(SIGN_UP).content.decode()
    late.sign_up(EVE)
    assert not late.is_signed_in


@pytest.mark.django_db
def test_links_are_guessed_so_often_only() -> None:
    bot = Visitor()
    statuses = [bot.get(f"/invitations/guess-{number}").status_code for number in range(31)]
    assert statuses == [404] * 30 + [429]


def test_a_form_without_its_token_does_nothing(path: str) -> None:
    user, client = user_create(email=EVE), Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(path).status_code == 403
    assert role_of(user) is None
