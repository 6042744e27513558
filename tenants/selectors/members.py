"""Members of a tenant, in its scope."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants import playground
from tenants.abilities import Role
from tenants.errors import NotFoundError
from tenants.models import ApiKey, Connection, Membership


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a member has that works now: how many keys, how many connections."""

    keys: int = 0
    connections: int = 0


def member_list() -> QuerySet[Membership]:
    """The tenant's members with their users, by e-mail address."""
    return Membership.objects.select_related("user").order_by("user__email")


def member_holdings(*, now: datetime) -> dict[UUID, Holdings]:
    """By the id of the user, for everybody who has any."""
    live_keys = ApiKey.objects.exclude(family=playground.FAMILY).filter(
        Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None
    )
    live_connections = Connection.objects.filter(revoked_at=None)
    keys, connections = (_by_user(rows) for rows in (live_keys, live_connections))
    return {user: Holdings(keys[user], connections[user]) for user in keys.keys() | connections.keys()}


def _by_user(rows: QuerySet[Any]) -> Counter[UUID]:
    return Counter(dict(rows.values_list("user_id").annotate(how_many=Count("pk")).order_by()))


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
