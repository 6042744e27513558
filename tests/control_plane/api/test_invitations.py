"""Invitations, and tenants of one's own, over REST."""

from typing import Any

import pytest
from django.core import mail

from tenants.models import User
from tests.fixtures.api import Asker, signed_in, with_key
from tests.fixtures.cast import Cast

INVITATIONS = "tenants/acme/invitations"
EVE = {"email": "Eve@acme.test", "role": "developer"}


def test_an_invitation_is_made_read_sent_again_and_revoked(
    ada_api: Asker, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = ada_api.post(INVITATIONS, EVE)
    assert made.status_code == 201, made.content
    assert {name: made.json()[name] for name in ("email", "role", "invited_by")} == {
        "email": "eve@acme.test",
        "role": "developer",
        "invited_by": "ada@acme.test",
    }
    one = f"{INVITATIONS}/{made.json()['id']}"
    assert ada_api.get(INVITATIONS).json()["results"] == [made.json()] == [ada_api.get(one).json()]
    with django_capture_on_commit_callbacks(execute=True):
        again = ada_api.post(f"{one}/resend")
    assert again.json()["expires_at"] > made.json()["expires_at"]
    tokens = [message.body.partition("/invitations/")[2].split()[0] for message in mail.outbox]
    assert len(set(tokens)) == 2
    for answer in (made, again, ada_api.get(one)):
        assert not any(token in answer.content.decode() for token in tokens)
    assert ada_api.delete(one).status_code == 204
    assert ada_api.get(one).status_code == ada_api.post(f"{one}/resend").status_code == 404


def test_whether_an_address_has_an_account_makes_no_difference(ada_api: Asker) -> None:
    answers = [ada_api.post(INVITATIONS, {**EVE, "email": email}) for email in ("gus@globex.test", "no@globex.test")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json().keys() == answers[1].json().keys()


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({**EVE, "email": "max@acme.test"}, 409, "name_taken"),
        ({**EVE, "email": "nowhere"}, 400, "invalid_value"),
        ({**EVE, "role": "emperor"}, 400, "invalid_value"),
        ({**EVE, "token": "of my own"}, 400, "invalid_value"),
        ({"email": "eve@acme.test"}, 400, "invalid_value"),
    ],
)
def test_what_can_not_be_is_refused(ada_api: Asker, body: dict[str, str], status: int, kind: str) -> None:
    refused = ada_api.post(INVITATIONS, body)
    assert (refused.status_code, refused.json()["error"]["type"]) == (status, kind)
    assert ada_api.get(INVITATIONS).json()["results"] == []


def test_whoever_has_not_confirmed_their_address_invites_nobody(ada_api: Asker, cast: Cast) -> None:
    User.objects.filter(pk=cast.ada.user.pk).update(email_verified_at=None)
    for asker in (ada_api, signed_in(cast.ada.user)):
        refused = asker.post(INVITATIONS, EVE)
        assert (refused.status_code, refused.json()["error"]["type"]) == (403, "email_not_verified")


TENANTS = "tenants"
NORTH = {"slug": "north", "name": "North"}


def test_a_person_who_signed_in_makes_a_tenant(cast: Cast) -> None:
    gus = signed_in(cast.gus.user)
    made = gus.post(TENANTS, NORTH)
    assert made.status_code == 201, made.content
    assert (made.json()["slug"], made.json()["role"]) == ("north", "owner")
    assert [server["slug"] for server in gus.get("tenants/north/servers").json()["results"]] == ["main"]
    assert signed_in(cast.ada.user).get("tenants/north").status_code == 404


def test_a_key_makes_none(cast: Cast) -> None:
    refused = with_key(cast.ada).post(TENANTS, NORTH)
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "ability_missing")
    assert with_key(cast.ada, ["manage:read"]).post(TENANTS, NORTH).status_code == 403


def test_nobody_makes_one_from_another_site_or_unknown(cast: Cast) -> None:
    without_token = Asker(client=signed_in(cast.ada.user).client)
    refused = without_token.post(TENANTS, NORTH)
    assert (refused.status_code, refused.json()["error"]["type"]) == (403, "csrf_failed")
    assert Asker().post(TENANTS, NORTH).status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({**NORTH, "slug": "globex"}, 409, "name_taken"),
        ({**NORTH, "slug": "operator"}, 400, "invalid_value"),
        ({**NORTH, "template": "castle"}, 400, "invalid_value"),
        ({**NORTH, "plan": {}}, 400, "invalid_value"),
        ({"slug": "north"}, 400, "invalid_value"),
    ],
)
def test_what_can_not_be_made_is_refused(cast: Cast, body: dict[str, Any], status: int, kind: str) -> None:
    refused = signed_in(cast.ada.user).post(TENANTS, body)
    assert (refused.status_code, refused.json()["error"]["type"]) == (status, kind)


def test_nobody_makes_more_than_three(cast: Cast) -> None:
    gus = signed_in(cast.gus.user)
    statuses = [gus.post(TENANTS, {**NORTH, "slug": f"north-{number}"}).status_code for number in range(4)]
    assert statuses == [201, 201, 201, 409]
