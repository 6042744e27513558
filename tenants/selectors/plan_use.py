"""What a tenant uses of its plan, in its scope."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from tenants.models import Call, Job, Membership, Server, ServerPrimitive, ServerTool
from tenants.selectors.calls import CALL


@dataclass(frozen=True, slots=True)
class PlanUse:
    """Numbers of what there is now, and of the calls that were recorded since midnight UTC."""

    servers: int
    members: int
    most_tools: int
    most_primitives: int
    calls_today: int
    jobs_running: int
    jobs_queued: int


def plan_use(*, now: datetime) -> PlanUse:
    """Count. Six queries."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    jobs = Job.objects.filter(state__in=("running", "queued")).aggregate(
        running=Count("pk", filter=Q(state="running")), queued=Count("pk", filter=Q(state="queued"))
    )
    return PlanUse(
        servers=Server.objects.count(),
        members=Membership.objects.count(),
        most_tools=_most(ServerTool.objects.all()),
        most_primitives=_most(ServerPrimitive.objects.all()),
        calls_today=Call.objects.filter(method=CALL, time__gte=midnight).count(),
        jobs_running=jobs["running"],
        jobs_queued=jobs["queued"],
    )


def _most(rows: QuerySet[Any]) -> int:
    """How many one server has, at most."""
    counted = rows.order_by().values("server_id").annotate(number=Count("pk"))
    return max((row["number"] for row in counted), default=0)
