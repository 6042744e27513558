"""What the operator sees of tenants: numbers and names, never what was in a call. Opens the platform's scope itself."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from tenants.errors import NotFoundError
from tenants.models import Call, Membership, Outbox, Server, Tenant
from tenants.scope import tenant_scope
from tenants.selectors.housekeeping import operator_scope

DAY: Final = timedelta(days=1)
CALL: Final = "tools/call"
MOST_REFUSALS: Final = 20
MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class TenantNumbers:
    """A tenant with how much there is of it. `calls` are those of the last 24 hours."""

    tenant: Tenant
    members: int
    servers: int
    calls: int


@dataclass(frozen=True, slots=True)
class TenantInside:
    """A tenant's people and servers, and what was refused there lately. Bounded lists."""

    members: Sequence[Membership]
    servers: Sequence[Server]
    refusals: Sequence[Call]


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many documents wait to be published, and since when the oldest does."""

    waiting: int
    oldest: datetime | None


def tenants_found(
    *, search: str = "", status: str = "", after: str = "", most: int, now: datetime
) -> list[TenantNumbers]:
    """The tenants whose slug or name has the text in it, by slug, from behind the slug `after`. Four queries."""
    with operator_scope():
        found = Tenant.objects.filter(slug__gt=after).order_by("slug")
        if search:
            found = found.filter(Q(slug__icontains=search) | Q(name__icontains=search))
        if status:
            found = found.filter(status=status)
        return _with_numbers(list(found[:most]), now)


def tenant_for_operator(*, slug: str, now: datetime) -> TenantNumbers:
    """One of them; raises NotFoundError. Four queries."""
    with operator_scope():
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            raise NotFoundError("There is no such tenant.")
        return _with_numbers([tenant], now)[0]


def tenant_inside(*, tenant: Tenant) -> TenantInside:
    """Members, servers and the last refusals of a tenant. Three queries."""
    with operator_scope(), tenant_scope(tenant):
        return TenantInside(
            members=list(Membership.objects.select_related("user").order_by("user__email")[:MOST_SHOWN]),
            servers=list(Server.objects.annotate(tool_number=Count("tools")).order_by("slug")[:MOST_SHOWN]),
            refusals=list(
                Call.objects.filter(method=CALL, outcome="refused").defer("arguments").order_by("-time")[:MOST_REFUSALS]
            ),
        )


def outbox_state() -> OutboxState:
    """Of the whole platform. Two queries."""
    with operator_scope():
        oldest = Outbox.objects.order_by("id").values_list("created_at", flat=True).first()
        return OutboxState(waiting=Outbox.objects.count(), oldest=oldest)


def _with_numbers(tenants: list[Tenant], now: datetime) -> list[TenantNumbers]:
    ids = [tenant.pk for tenant in tenants]
    members, servers = (_by_tenant(model.objects.filter(tenant_id__in=ids)) for model in (Membership, Server))
    calls = _by_tenant(Call.objects.filter(tenant_id__in=ids, method=CALL, time__gte=now - DAY))
    return [TenantNumbers(tenant, members[tenant.pk], servers[tenant.pk], calls[tenant.pk]) for tenant in tenants]


def _by_tenant(rows: QuerySet[Any]) -> Counter[UUID]:
    counted: Iterable[tuple[UUID, int]] = rows.order_by().values_list("tenant_id").annotate(number=Count("pk"))
    return Counter(dict(counted))
