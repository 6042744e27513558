"""Invitations: good once, for one address, for seven days."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenants.abilities import Role
from tenants.actor import PLATFORM, Actor
from tenants.errors import (
    AbilityMissingError,
    ApplicationError,
    EmailNotVerifiedError,
    InvalidValueError,
    LimitReachedError,
    NameTakenError,
    NotFoundError,
)
from tenants.models import Invitation, Membership, User
from tenants.scope import ScopeError, tenant_scope
from tenants.selectors.across_tenants import tenant_of_user
from tenants.selectors.invitations import invitation_list
from tenants.services.invitations import (
    LIFETIME,
    MOST_AT_ONCE,
    IssuedInvitation,
    invitation_accept,
    invitation_received,
    invitation_resend,
    invitation_revoke,
    invitations_create,
)
from tenants.services.members import membership_remove, membership_role_set
from tenants.services.tenants import tenant_limits_set, tenant_suspend
from tenants.services.users import user_create, user_sign_up
from tests.fixtures.cast import Cast, Person

EVE = "eve@acme.test"


def invite(by: Person, email: str = EVE, role: str = "developer") -> IssuedInvitation:
    (issued,) = invitations_create(tenant=by.company.tenant, actor=by.actor, emails=[email], role=role)
    return issued


def pending(person: Person) -> list[str]:
    with tenant_scope(person.company.tenant):
        return sorted(invitation_list().values_list("email", flat=True))


def role_of(user: User) -> str | None:
    found = tenant_of_user(user_id=user.pk, slug="acme")
    return None if found is None else found.role


def test_whoever_has_the_address_joins_once(cast: Cast) -> None:
    issued = invite(cast.ada, " Eve@Acme.test")
    received = invitation_received(token=issued.token)
    assert (received.tenant, received.email, received.role) == (cast.acme.tenant, EVE, "developer")
    assert received.invited_by == "ada@acme.test"
    eve = user_sign_up(email=EVE, password="three wandering storks")
    invitation_accept(token=issued.token, user=eve)
    assert role_of(eve) == "developer"
    eve.refresh_from_db()
    assert eve.email_verified_at is not None
    assert pending(cast.ada) == []
    with pytest.raises(NotFoundError):
        invitation_accept(token=issued.token, user=eve)


def test_nobody_else_joins_by_it(cast: Cast) -> None:
    issued = invite(cast.ada)
    with pytest.raises(AbilityMissingError):
        invitation_accept(token=issued.token, user=cast.gus.user)
    assert role_of(cast.gus.user) is None
    assert pending(cast.ada) == [EVE]


def test_a_claimant_does_not_join_in_the_place_of_whoever_has_the_address(cast: Cast) -> None:
    user_create(email=EVE)
    claimant = user_sign_up(email=EVE, password="three wandering storks")
    with pytest.raises(NameTakenError):
        invitation_accept(token=invite(cast.ada).token, user=claimant)
    assert role_of(claimant) is None


def expire(issued: IssuedInvitation) -> None:
    with tenant_scope(issued.invitation.tenant_id):
        Invitation.objects.filter(pk=issued.invitation.pk).update(expires_at=timezone.now())


def revoke(issued: IssuedInvitation) -> None:
    invitation = issued.invitation
    invitation_revoke(tenant=invitation.tenant, actor=PLATFORM, invitation_id=invitation.pk)


def resend(issued: IssuedInvitation) -> None:
    invitation = issued.invitation
    invitation_resend(tenant=invitation.tenant, actor=PLATFORM, invitation_id=invitation.pk)


def suspend(issued: IssuedInvitation) -> None:
    tenant_suspend(tenant=issued.invitation.tenant, actor=PLATFORM)


@pytest.mark.parametrize("end", [expire, revoke, resend, suspend])
def test_a_link_that_ended_says_what_an_unknown_one_says(cast: Cast, end: Any) -> None:
    issued = invite(cast.ada)
    end(issued)
    eve = user_create(email=EVE)
    said = set()
    for token in (issued.token, "unknown", ""):
        with pytest.raises(NotFoundError) as received:
            invitation_received(token=token)
        with pytest.raises(NotFoundError) as accepted:
            invitation_accept(token=token, user=eve)
        said |= {
            (received.value.message, str(received.value.extra)),
            (accepted.value.message, str(accepted.value.extra)),
        }
    assert len(said) == 1
    assert role_of(eve) is None


def test_a_new_link_is_good_for_seven_more_days(cast: Cast) -> None:
    issued = invite(cast.ada)
    expire(issued)
    again = invitation_resend(tenant=cast.acme.tenant, actor=cast.ada.actor, invitation_id=issued.invitation.pk)
    assert again.token != issued.token
    assert timedelta() <= timezone.now() + LIFETIME - again.invitation.expires_at < timedelta(minutes=1)
    invitation_accept(token=again.token, user=user_create(email=EVE))


def test_the_token_is_not_kept(cast: Cast) -> None:
    issued = invite(cast.ada)
    assert len(issued.token) >= 43
    assert issued.token not in repr(issued)
    with tenant_scope(cast.acme.tenant):
        (row,) = Invitation.objects.values_list()
    assert issued.token not in str(row)


@pytest.mark.parametrize(
    ("inviter", "role", "may"),
    [("owner", "owner", True), ("admin", "owner", False), ("admin", "admin", True)]
    + [(inviter, "caller", False) for inviter in ("developer", "caller", "auditor")],
)
def test_owners_invite_anybody_and_admins_all_but_owners(cast: Cast, inviter: str, role: str, may: bool) -> None:
    actor = Actor(role=inviter, user_id=cast.max.user.pk)
    kept = invite(cast.ada, "kept@acme.test", role=role)
    doings = (
        lambda: invitations_create(tenant=cast.acme.tenant, actor=actor, emails=[EVE], role=role),
        lambda: invitation_resend(tenant=cast.acme.tenant, actor=actor, invitation_id=kept.invitation.pk),
        lambda: invitation_revoke(tenant=cast.acme.tenant, actor=actor, invitation_id=kept.invitation.pk),
    )
    for doing in doings:
        if may:
            doing()
            continue
        with pytest.raises(AbilityMissingError):
            doing()
    assert pending(cast.ada) == ([EVE] if may else ["kept@acme.test"])


def test_whoever_has_not_confirmed_their_address_invites_nobody(cast: Cast) -> None:
    kept = invite(cast.ada, "kept@acme.test")
    User.objects.filter(pk=cast.ada.user.pk).update(email_verified_at=None)
    with pytest.raises(EmailNotVerifiedError):
        invite(cast.ada)
    with pytest.raises(EmailNotVerifiedError):
        invitation_resend(tenant=cast.acme.tenant, actor=cast.ada.actor, invitation_id=kept.invitation.pk)
    by_key = Actor(role="owner", user_id=cast.ada.user.pk, scopes=frozenset({"manage:access"}))
    with pytest.raises(EmailNotVerifiedError):
        invitations_create(tenant=cast.acme.tenant, actor=by_key, emails=[EVE], role="caller")


@pytest.mark.parametrize(
    ("emails", "error"),
    [
        ([], InvalidValueError),
        ([f"{number}@acme.test" for number in range(MOST_AT_ONCE + 1)], InvalidValueError),
        ([EVE, "not an address"], InvalidValueError),
        ([EVE, "MAX@acme.test"], NameTakenError),
        ([EVE, "invited@acme.test"], NameTakenError),
    ],
)
def test_all_are_invited_or_none(cast: Cast, emails: list[str], error: type[ApplicationError]) -> None:
    invite(cast.ada, "invited@acme.test")
    with pytest.raises(error) as refused:
        invitations_create(tenant=cast.acme.tenant, actor=cast.ada.actor, emails=emails, role="caller")
    assert refused.value.extra["field"] in ("emails", "email")
    assert pending(cast.ada) == ["invited@acme.test"]


def test_an_expired_invitation_gives_way_to_another(cast: Cast) -> None:
    first = invite(cast.ada)
    expire(first)
    second = invite(cast.ada, role="caller")
    assert pending(cast.ada) == [EVE]
    assert invitation_received(token=second.token).role == "caller"


def test_open_invitations_take_seats(cast: Cast) -> None:
    tenant = tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 3})
    issued = invite(cast.ada)
    with pytest.raises(LimitReachedError) as refused:
        invite(cast.ada, "fourth@acme.test")
    assert refused.value.extra == {"limit": "members", "maximum": 3}
    invitation_accept(token=issued.token, user=user_create(email=EVE))
    with tenant_scope(tenant):
        assert Membership.objects.count() == 3


def test_a_plan_that_shrank_holds_when_somebody_joins(cast: Cast) -> None:
    issued = invite(cast.ada)
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 2})
    with pytest.raises(LimitReachedError):
        invitation_accept(token=issued.token, user=user_create(email=EVE))
    assert pending(cast.ada) == [EVE]


def test_whoever_may_invite_no_more_has_no_invitation_left(cast: Cast) -> None:
    tenant, user = cast.acme.tenant, cast.max.user
    membership_role_set(tenant=tenant, actor=cast.ada.actor, user=user, role="owner")
    inviter = Person(user, cast.acme, "owner")
    owner, caller = invite(inviter, "owner@acme.test", "owner"), invite(inviter, "caller@acme.test", "caller")
    invite(cast.ada, "kept@acme.test", "owner")
    membership_role_set(tenant=tenant, actor=cast.ada.actor, user=user, role="admin")
    assert pending(cast.ada) == ["caller@acme.test", "kept@acme.test"]
    membership_remove(tenant=tenant, actor=cast.ada.actor, user=user)
    assert pending(cast.ada) == ["kept@acme.test"]
    for issued in (owner, caller):
        with pytest.raises(NotFoundError):
            invitation_received(token=issued.token)


def test_the_outsider_sees_and_ends_nothing(cast: Cast) -> None:
    issued = invite(cast.ada)
    assert pending(cast.gus) == []
    with pytest.raises(NotFoundError):
        invitation_revoke(tenant=cast.globex.tenant, actor=cast.gus.actor, invitation_id=issued.invitation.pk)
    with pytest.raises(NotFoundError):
        invitation_resend(tenant=cast.globex.tenant, actor=cast.gus.actor, invitation_id=issued.invitation.pk)
    with pytest.raises(ScopeError):
        invitation_list().count()
    invite(cast.gus)
    assert (pending(cast.ada), pending(cast.gus)) == ([EVE], [EVE])
    assert Role.OWNER.value == cast.gus.role
