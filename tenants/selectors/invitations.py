"""Invitations of a tenant, in its scope."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tenants.errors import NotFoundError
from tenants.models import Invitation


def invitation_list() -> QuerySet[Invitation]:
    """Those that nobody has accepted or revoked, newest first; also the expired ones, which can be sent again."""
    pending = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return pending.select_related("invited_by").order_by("-created_at", "pk")


def invitations_open(*, now: datetime) -> QuerySet[Invitation]:
    """Those that can be accepted now."""
    return invitation_list().filter(expires_at__gt=now)


def invitation_get(*, invitation_id: UUID) -> Invitation:
    """One that nobody has accepted or revoked; raises NotFoundError."""
    invitation: Invitation | None = invitation_list().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFoundError("There is no such invitation.")
    return invitation


def invitation_locked(*, invitation_id: UUID) -> Invitation:
    """The same, locked until the scope ends; raises NotFoundError."""
    pending = Invitation.objects.select_for_update().filter(accepted_at=None, revoked_at=None)
    invitation: Invitation | None = pending.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFoundError("There is no such invitation.")
    return invitation
