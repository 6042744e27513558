"""Members of a tenant, in its scope."""

from uuid import UUID

from django.db.models import QuerySet

from tenants.abilities import Role
from tenants.errors import NotFoundError
from tenants.models import Membership


def member_list() -> QuerySet[Membership]:
    """The tenant's members with their users, by e-mail address."""
    return Membership.objects.select_related("user").order_by("user__email")


def member_get(*, user_id: UUID) -> Membership:
    """The membership of a user; raises NotFoundError."""
    membership: Membership | None = Membership.objects.select_related("user").filter(user_id=user_id).first()
    if membership is None:
        raise NotFoundError("There is no such member.")
    return membership


def member_locked(*, user_id: UUID) -> Membership:
    """The membership of a user, locked until the scope ends; raises NotFoundError.

    Whoever gives out or takes away what depends on a membership locks it first, so that neither misses the other.
    """
    membership: Membership | None = Membership.objects.select_for_update().filter(user_id=user_id).first()
    if membership is None:
        raise NotFoundError("There is no such member.")
    return membership


def owners_locked() -> list[Membership]:
    """Every owner, locked until the scope ends: two owners who leave at once must not leave none."""
    return list(Membership.objects.select_for_update().filter(role=Role.OWNER).order_by("pk"))
