"""The members' pages: who belongs to the tenant, who is invited, and by whom that is changed."""

import re
from typing import Any, Final

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tenants.models import Invitation, Membership, User
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create
from tenants.services.invitations import invitations_create
from tenants.services.members import membership_add
from tenants.services.users import user_create
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast

MEMBERS: Final = "/app/acme/members/"
INVITE: Final = f"{MEMBERS}invite"
LINK: Final = re.compile(r"http\S+/invitations/\S+")


@pytest.fixture
def sent(django_capture_on_commit_callbacks: Any) -> Any:
    """Sends what is to be sent after the commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def invite(cast: Cast, email: str = "eve@acme.test", role: str = "caller") -> str:
    (issued,) = invitations_create(tenant=cast.acme.tenant, actor=cast.ada.actor, emails=[email], role=role)
    return str(issued.invitation.pk)


def role_of(cast: Cast, user: User) -> str | None:
    with tenant_scope(cast.acme.tenant):
        found: str | None = Membership.objects.filter(user_id=user.pk).values_list("role", flat=True).first()
        return found


@pytest.mark.parametrize("role", ["owner", "admin", "developer", "caller", "auditor"])
def test_owners_and_admins_see_the_members(cast: Cast, role: str) -> None:
    client, _ = as_role(cast, role)
    allowed = role in ("owner", "admin")
    for path in (MEMBERS, INVITE, f"{MEMBERS}{cast.ada.user.pk}/"):
        assert client.get(path).status_code == (200 if allowed else 403)
    assert (f'href="{MEMBERS}"' in client.get("/app/acme/settings/you").content.decode()) is allowed


def test_the_outsider_finds_nothing(cast: Cast) -> None:
    gus = signed_in_client(cast.gus)
    answers = [gus.get(path) for path in (MEMBERS, "/app/nobody/members/", f"{MEMBERS}{cast.max.user.pk}/")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert gus.get(f"/app/globex/members/{cast.max.user.pk}/").status_code == 404
    assert gus.post(f"/app/globex/members/{cast.max.user.pk}/remove").status_code == 404
    assert role_of(cast, cast.max.user) == "caller"


def test_several_people_are_invited_at_once(cast: Cast, sent: Any) -> None:
    ada = signed_in_client(cast.ada)
    with sent():
        answer = ada.post(INVITE, {"emails": "Eve@acme.test, otto@acme.test\n\nemil@acme.test;", "role": "developer"})
    assert (answer.status_code, answer["Location"]) == (302, MEMBERS)
    assert sorted(message.to[0] for message in mail.outbox) == ["emil@acme.test", "eve@acme.test", "otto@acme.test"]
    links = {LINK.findall(message.body)[0] for message in mail.outbox}
    assert len(links) == 3
    page = ada.get(MEMBERS).content.decode()
    assert "We sent 3 people an invitation" in page
    assert not any(link.rpartition("/")[2] in page for link in links)
    assert "ada@acme.test invites you to join “Acme” as developer" in mail.outbox[0].body


@pytest.mark.parametrize(
    ("emails", "role", "field", "reason"),
    [
        ("eve@acme.test, nowhere", "caller", "emails", "nowhere is not an e-mail address"),
        ("eve@acme.test, max@acme.test", "caller", "emails", "max@acme.test is a member already"),
        ("", "caller", "emails", "required"),
        ("eve@acme.test", "emperor", "role", "emperor"),
        (" ".join(f"{number}@acme.test" for number in range(21)), "caller", "emails", "1 to 20"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(cast: Cast, emails: str, role: str, field: str, reason: str) -> None:
    page = signed_in_client(cast.ada).post(INVITE, {"emails": emails, "role": role})
    assert page.status_code == 422
    assert reason in str(page.context["form"].errors[field])
    assert page.context["form"]["emails"].value() == emails
    with tenant_scope(cast.acme.tenant):
        assert not Invitation.objects.exists()


def test_an_admin_is_offered_every_role_but_owner(cast: Cast) -> None:
    admin, _ = as_role(cast, "admin")
    assert 'value="owner"' not in admin.get(INVITE).content.decode()
    assert admin.post(INVITE, {"emails": "eve@acme.test", "role": "owner"}).status_code == 422
    owners_page = f"{MEMBERS}{cast.ada.user.pk}/"
    assert "Only owners change what an owner may do" in admin.get(owners_page).content.decode()
    for path, form in ((owners_page, {"role": "caller"}), (f"{owners_page}remove", {})):
        assert admin.post(path, form).status_code == 403
    assert role_of(cast, cast.ada.user) == "owner"


def test_whoever_has_not_confirmed_their_address_is_told_to(cast: Cast) -> None:
    User.objects.filter(pk=cast.ada.user.pk).update(email_verified_at=None)
    ada = signed_in_client(cast.ada)
    assert "Confirm your own address first" in ada.get(INVITE).content.decode()
    refused = ada.post(INVITE, {"emails": "eve@acme.test", "role": "caller"})
    assert "Confirm your e-mail address first" in str(refused.context["form"].errors)
    with tenant_scope(cast.acme.tenant):
        assert not Invitation.objects.exists()


def test_an_invitation_is_sent_again_and_revoked(cast: Cast, sent: Any) -> None:
    ada, invitation = signed_in_client(cast.ada), invite(cast)
    with sent():
        ada.post(f"{MEMBERS}invitations/{invitation}/resend")
    assert [message.to for message in mail.outbox] == [["eve@acme.test"]]
    ada.post(f"{MEMBERS}invitations/{invitation}/revoke")
    assert "Nobody is invited" in ada.get(MEMBERS).content.decode()
    assert ada.post(f"{MEMBERS}invitations/{invitation}/resend").status_code == 404


def test_nothing_is_sent_of_what_did_not_happen(cast: Cast, sent: Any) -> None:
    with sent():
        signed_in_client(cast.ada).post(INVITE, {"emails": "eve@acme.test max@acme.test", "role": "caller"})
    assert mail.outbox == []


def test_a_role_is_changed(cast: Cast) -> None:
    ada, page = signed_in_client(cast.ada), f"{MEMBERS}{cast.max.user.pk}/"
    assert ada.post(page, {"role": "auditor"})["Location"] == page
    assert role_of(cast, cast.max.user) == "auditor"
    refused = ada.post(f"{MEMBERS}{cast.ada.user.pk}/", {"role": "admin"})
    assert refused.status_code == 422
    assert "keeps at least one owner" in refused.content.decode()
    assert role_of(cast, cast.ada.user) == "owner"


def test_removing_says_before_what_stops(cast: Cast) -> None:
    for name in ("laptop", "desk"):
        api_key_create(tenant=cast.acme.tenant, actor=cast.max.actor, name=name, scopes=["mcp:call"])
    ada, page = signed_in_client(cast.ada), f"{MEMBERS}{cast.max.user.pk}/"
    assert "2 API keys and 0 connections of theirs stop" in ada.get(page).content.decode()
    assert ada.post(f"{page}remove")["Location"] == MEMBERS
    assert role_of(cast, cast.max.user) is None
    assert ada.get(page).status_code == 404


def test_the_last_owner_is_not_removed(cast: Cast) -> None:
    ada, page = signed_in_client(cast.ada), f"{MEMBERS}{cast.ada.user.pk}/"
    assert ada.post(f"{page}remove")["Location"] == page
    assert "keeps at least one owner" in ada.get(page).content.decode()
    assert role_of(cast, cast.ada.user) == "owner"


def test_many_members_cost_no_more_queries_than_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    ada = signed_in_client(cast.ada)
    ada.get(MEMBERS)
    with django_assert_max_num_queries(20) as few:
        ada.get(MEMBERS)
    for number in range(10):
        user = user_create(email=f"{number}@acme.test")
        membership_add(tenant=cast.acme.tenant, actor=cast.ada.actor, user=user, role="caller")
        invite(cast, f"guest-{number}@acme.test")
    with django_assert_max_num_queries(len(few)):
        page = ada.get(MEMBERS)
    assert page.content.decode().count("guest-") >= 10


def test_what_people_are_called_is_escaped(cast: Cast) -> None:
    User.objects.filter(pk=cast.max.user.pk).update(name="<script>alert(1)</script>")
    ada = signed_in_client(cast.ada)
    for path in (MEMBERS, f"{MEMBERS}{cast.max.user.pk}/"):
        assert "<script>alert" not in ada.get(path).content.decode()


@pytest.mark.parametrize("path", ["invite", "invitations/{}/revoke", "invitations/{}/resend", "{}/remove", "{}/"])
def test_a_form_without_its_token_does_nothing(cast: Cast, path: str) -> None:
    thing = str(cast.max.user.pk) if "invitations" not in path else invite(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada.user)
    form = {"emails": "otto@acme.test", "role": "admin"}
    assert client.post(MEMBERS + path.format(thing), form).status_code == 403
    assert role_of(cast, cast.max.user) == "caller"


def test_nobodys_inbox_is_filled_by_sending_an_invitation_again_and_again(cast: Cast, sent: Any) -> None:
    client, invitation = signed_in_client(cast.ada), invite(cast)
    with sent():
        statuses = [client.post(f"{MEMBERS}invitations/{invitation}/resend").status_code for _ in range(6)]
    assert statuses == [302] * 5 + [409]
    links = [LINK.findall(str(message.body))[0] for message in mail.outbox if message.to == ["eve@acme.test"]]
    assert len(links) == 5
    assert Client().get(links[-1]).status_code == 200, "what was refused has left the last link as it was"
    with sent():
        assert client.post(INVITE, {"emails": "finn@acme.test", "role": "caller"}).status_code == 302


def test_a_tenant_is_nobodys_mailer(cast: Cast, sent: Any) -> None:
    client = signed_in_client(cast.ada)
    with sent():
        for batch in range(6):
            emails = " ".join(f"{batch}-{count}@acme.test" for count in range(20))
            answer = client.post(INVITE, {"emails": emails, "role": "caller"})
            with tenant_scope(cast.acme.tenant):
                Invitation.objects.update(revoked_at=timezone.now())
    assert answer.status_code == 409
    assert len(mail.outbox) == 100
