"""Invitations: how people become members. The link that they get by mail is good once, for their address alone."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from django.utils import timezone

from tenants import validation
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError, NameTakenError, NotFoundError
from tenants.models import Invitation, Membership, Tenant, User
from tenants.scope import tenant_scope
from tenants.selectors.across_tenants import ReceivedInvitation, invitation_by_digest
from tenants.selectors.invitations import invitation_list, invitation_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.membership_rules import check_seats, require_may_give
from tenants.services.users import require_verified, user_email_verified

LIFETIME: Final = timedelta(days=7)
MOST_AT_ONCE: Final = 20
TOKEN_BYTES: Final = 32
GONE: Final = "This invitation is not good any more. Ask for another one."


@dataclass(frozen=True, slots=True)
class IssuedInvitation:
    """An invitation with the token of its link. The token goes to the invited address and to nobody else: whoever shows
    it has that address."""

    invitation: Invitation
    token: str = field(repr=False)


def invitations_create(*, tenant: Tenant, actor: Actor, emails: Sequence[str], role: str) -> list[IssuedInvitation]:
    """Invite these addresses, all or none. Owners invite anybody, admins all but owners.

    Raises InvalidValueError, NameTakenError for a member or somebody invited already, LimitReachedError,
    AbilityMissingError, EmailNotVerifiedError for an inviter whose own address is not confirmed.
    """
    require_may_give(actor, role)
    require_verified(user_id=actor.user_id)
    addresses = list(dict.fromkeys(validation.email(email) for email in emails))
    if not 1 <= len(addresses) <= MOST_AT_ONCE:
        raise InvalidValueError(f"Invite 1 to {MOST_AT_ONCE} addresses at once.", field="emails")
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        _check_new(addresses)
        check_seats(plan, wanted=len(addresses))
        return [_issue(Invitation(tenant=tenant, email=email, role=role), actor) for email in addresses]


def invitation_resend(*, tenant: Tenant, actor: Actor, invitation_id: UUID) -> IssuedInvitation:
    """A new token and seven more days; the old link is dead. Raises NotFoundError, LimitReachedError where the seat of
    an expired one is taken, AbilityMissingError, EmailNotVerifiedError."""
    require_verified(user_id=actor.user_id)
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        invitation = invitation_locked(invitation_id=invitation_id)
        require_may_give(actor, invitation.role)
        check_seats(plan, but=invitation.pk)
        return _issue(invitation, actor)


def invitation_revoke(*, tenant: Tenant, actor: Actor, invitation_id: UUID) -> None:
    """Its link is dead. Raises NotFoundError, AbilityMissingError."""
    with tenant_scope(tenant):
        invitation = invitation_locked(invitation_id=invitation_id)
        require_may_give(actor, invitation.role)
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at", "updated_at"])


def invitation_received(*, token: str) -> ReceivedInvitation:
    """What an invitation says to whoever has its token. Raises NotFoundError alike for one that is unknown, used,
    revoked or expired."""
    received = invitation_by_digest(digest=_digest(token), now=timezone.now())
    if received is None:
        raise NotFoundError(GONE)
    return received


def invitation_accept(*, token: str, user: User) -> Membership:
    """Join. That confirms the person's address: the token has reached it.

    Raises NotFoundError where it is not good, AbilityMissingError where it is for another address, NameTakenError for
    a member, and where the address is confirmed for another account; LimitReachedError.
    """
    received = invitation_received(token=token)
    if received.email != user.email:
        raise AbilityMissingError(f"This invitation is for {received.email}.", ability="invitation")
    with tenant_scope(received.tenant):
        plan = tenant_locked(tenant_id=received.tenant.pk).limits
        invitation = _still_good(received, token)
        user_email_verified(user=user)
        if Membership.objects.filter(user_id=user.pk).exists():
            raise NameTakenError("You are a member already.", field="user")
        check_seats(plan, but=invitation.pk)
        invitation.accepted_at, invitation.accepted_by = timezone.now(), user
        invitation.save(update_fields=["accepted_at", "accepted_by", "updated_at"])
        membership: Membership = Membership.objects.create(tenant=received.tenant, user=user, role=invitation.role)
        return membership


def _check_new(addresses: list[str]) -> None:
    """Expired invitations give way; whoever is a member or invited is named."""
    invited = invitation_list().filter(email__in=addresses)
    now = timezone.now()
    invited.filter(expires_at__lte=now).update(revoked_at=now)
    members = Membership.objects.filter(user__email__in=addresses).values_list("user__email", flat=True)
    for address in members:
        raise NameTakenError(f"{address} is a member already.", field="emails")
    for address in invited.values_list("email", flat=True):
        message = f"{address} is invited already. Send that invitation again, or revoke it first."
        raise NameTakenError(message, field="emails")


def _issue(invitation: Invitation, actor: Actor) -> IssuedInvitation:
    token = token_urlsafe(TOKEN_BYTES)
    invitation.digest = _digest(token)
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.invited_by_id = actor.user_id
    invitation.save()
    return IssuedInvitation(invitation, token)


def _still_good(received: ReceivedInvitation, token: str) -> Invitation:
    """Locked, and looked at again: of two that come with one token, the second finds it used."""
    locked = Invitation.objects.select_for_update().filter(pk=received.invitation_id, digest=_digest(token))
    invitation: Invitation | None = locked.first()
    if invitation is None or invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise NotFoundError(GONE)
    return invitation


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
