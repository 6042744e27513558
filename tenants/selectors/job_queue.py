"""The queue of jobs as a whole: who is next, and how it stands."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from tenants.catalogue import tool_catalogue
from tenants.models import Job
from tenants.plan import PlanLimits, plan_from_overrides
from tenants.selectors.housekeeping import job_queue_scope
from tenants.selectors.job_standing import StandingJob, job_standing

# Each column of a lane's oldest job is asked for by itself: for a join, PostgreSQL reads all jobs.
_LANES: Final = """
WITH RECURSIVE
step (tool_id) AS (
    SELECT * FROM (SELECT tool_id FROM tenants_job WHERE state = 'queued' ORDER BY tool_id LIMIT 1) AS first
    UNION ALL
    SELECT (
        SELECT tool_id FROM tenants_job WHERE state = 'queued' AND tool_id > step.tool_id ORDER BY tool_id LIMIT 1
    ) FROM step WHERE step.tool_id IS NOT NULL
),
lane (tool_id, tenant_id, available_at) AS MATERIALIZED (
    SELECT
        tool_id,
        (SELECT tenant_id FROM tenants_job WHERE state = 'queued' AND tool_id = step.tool_id LIMIT 1),
        (
            SELECT available_at FROM tenants_job WHERE state = 'queued' AND tool_id = step.tool_id
            ORDER BY available_at LIMIT 1
        )
    FROM step WHERE tool_id IS NOT NULL
)
SELECT
    lane.tenant_id, lane.tool_id, lane.available_at, tenant.plan, tool.toolkit, tool.tool, tool.concurrency,
    (SELECT count(*) FROM tenants_job WHERE tenant_id = lane.tenant_id AND state = 'running'),
    (SELECT count(*) FROM tenants_job WHERE state = 'running' AND tool_id = lane.tool_id),
    (
        SELECT claimed_at FROM tenants_job
        WHERE tenant_id = lane.tenant_id AND claimed_at IS NOT NULL ORDER BY claimed_at DESC LIMIT 1
    )
FROM lane
JOIN tenants_tenant tenant ON tenant.id = lane.tenant_id
LEFT JOIN tenants_servertool tool ON tool.id = lane.tool_id
WHERE lane.available_at <= %s
"""
"""One row for each tool that has jobs waiting, with the time of the oldest. It steps from tool to tool along the index,
so that ten thousand jobs of one tool cost no more than ten."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

LARGE: Final = ("sealed_arguments", "call")
"""What is read of a job that is claimed: with its call, which its end is written from."""

# Found by itself before anything else is read: estimates of what that costs must not lead away from the index.
HEAD: Final = """
    SELECT id FROM tenants_job WHERE tenant_id = %s AND state = 'queued' AND tool_id = %s AND available_at <= %s
    ORDER BY available_at LIMIT 1
"""
"""The oldest job that waits in a lane: of a tenant, of a tool, now."""

_HEAD: Final = f"job.id = ({HEAD})"
_RUNNING: Final = """
    (SELECT count(*) FROM tenants_job WHERE tenant_id = job.tenant_id AND state = 'running') AS tenant_running,
    (SELECT count(*) FROM tenants_job WHERE state = 'running' AND tool_id = job.tool_id) AS tool_running,
"""


@dataclass(frozen=True, slots=True)
class Lane:
    """The jobs that wait for one tool of one tenant, as seen a moment ago. `available_at` is the oldest's, `served_at`
    when a job of the tenant was last claimed: the beginning of time where none was."""

    tenant_id: UUID
    tool_id: UUID
    available_at: datetime
    tenant_running: int
    tenant_limit: int
    tool_running: int
    tool_limit: int | None
    served_at: datetime

    @property
    def is_open(self) -> bool:
        """True where neither the tenant nor the tool runs as much as it may."""
        has_room = self.tool_limit is None or self.tool_running < self.tool_limit
        return has_room and self.tenant_running < self.tenant_limit


@dataclass(frozen=True, slots=True)
class QueueState:
    """Jobs of the whole installation by number. `eligible` counts those that wait though limits would let them run;
    `oldest_eligible_seconds` is how long the oldest of them has waited, 0 where there is none."""

    queued: int
    running: int
    eligible: int
    oldest_eligible_seconds: float
    expired_leases: int


def lanes_open() -> list[Lane]:
    """The lanes from which a job may be taken, the fairest first: of the tenant that runs the fewest, of those the one
    whose turn was longest ago, then the oldest. By the numbers alone a single worker, which runs nothing while it
    claims, would see all tenants alike and empty the oldest one's queue first.

    Opens the queue's scope. What is seen here may have changed by the time a job is claimed.
    """
    with job_queue_scope():
        lanes = _lanes(timezone.now())
    return sorted((lane for lane in lanes if lane.is_open), key=_turn)


def _turn(lane: Lane) -> tuple[int, datetime, datetime]:
    return lane.tenant_running, lane.served_at, lane.available_at


def head_of_lane(*, tenant_id: UUID, tool_id: UUID) -> StandingJob | None:
    """The oldest job that waits in the lane now, with its standing (`job_standing`) and with how many jobs its tenant
    and its tool run: `tenant_running`, `tool_running`. In the tenant's scope. One query."""
    parameters = [tenant_id, tool_id, sql_time(timezone.now())]
    return job_standing(which=_HEAD, parameters=parameters, more=_RUNNING, large=LARGE)


def _lanes(now: datetime) -> list[Lane]:
    with connection.cursor() as cursor:
        cursor.execute(_LANES, [sql_time(now)])
        return [_lane(*row) for row in cursor.fetchall()]


def _lane(  # noqa: PLR0913 - the columns of the query
    tenant_id: Any,
    tool_id: Any,
    available_at: Any,
    plan: Any,
    toolkit: str | None,
    tool: str | None,
    concurrency: int | None,
    tenant_running: int,
    tool_running: int,
    served_at: Any,
) -> Lane:
    return Lane(
        tenant_id=_uuid(tenant_id),
        tool_id=_uuid(tool_id),
        available_at=_datetime(available_at),
        tenant_running=tenant_running,
        tenant_limit=plan_of(plan).jobs_running,
        tool_running=tool_running,
        tool_limit=tool_concurrency(toolkit=toolkit or "", tool=tool or "", chosen=concurrency),
        served_at=_NEVER if served_at is None else _datetime(served_at),
    )


def tool_concurrency(*, toolkit: str, tool: str, chosen: int | None) -> int | None:
    """How many jobs of a tool of a server may run at once: the lower of what the server chose and what the tool's
    author did; None where neither said anything."""
    definition = tool_catalogue().definition(toolkit, tool)
    defined = None if definition is None else definition.concurrency
    return min((value for value in (chosen, defined) if value is not None), default=None)


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _datetime(value: Any) -> datetime:
    """SQLite knows no zones: what it gives, as text or as a time, is of UTC."""
    time = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def sql_time(value: datetime) -> Any:
    """A time as a parameter of SQL that is written by hand."""
    return connection.ops.adapt_datetimefield_value(value)


def plan_of(value: Any) -> PlanLimits:
    """A plan as a query that is written by hand brings it."""
    return plan_from_overrides(value) if isinstance(value, dict) else _plan_of_text(value)


@lru_cache(maxsize=1024)
def _plan_of_text(text: str) -> PlanLimits:
    return plan_from_overrides(msgspec.json.decode(text))


def queue_state() -> QueueState:
    """How the queue stands now, over all tenants. Three queries."""
    now = timezone.now()
    with job_queue_scope():
        lanes = _lanes(now)
        waiting = dict(
            Job.objects.filter(state="queued", available_at__lte=now)
            .order_by()
            .values_list("tool_id")
            .annotate(number=Count("*"))
        )
        counts = Job.objects.filter(state__in=("queued", "running")).aggregate(
            queued=Count("pk", filter=Q(state="queued")),
            running=Count("pk", filter=Q(state="running")),
            expired_leases=Count("pk", filter=Q(state="running", lease_expires_at__lt=now)),
        )
    eligible, oldest = _eligible(lanes, waiting)
    seconds = 0.0 if oldest is None else (now - oldest).total_seconds()
    return QueueState(eligible=eligible, oldest_eligible_seconds=seconds, **counts)


def _eligible(lanes: list[Lane], waiting: dict[UUID, int]) -> tuple[int, datetime | None]:
    """How many jobs could be claimed at once, and when the oldest of them became available."""
    room: dict[UUID, int] = {}
    eligible = [lane for lane in lanes if lane.is_open]
    total = 0
    for lane in eligible:
        left = room.setdefault(lane.tenant_id, lane.tenant_limit - lane.tenant_running)
        in_lane = waiting.get(lane.tool_id, 0)
        if lane.tool_limit is not None:
            in_lane = min(in_lane, lane.tool_limit - lane.tool_running)
        room[lane.tenant_id] = left - min(left, in_lane)
        total += min(left, in_lane)
    return total, min((lane.available_at for lane in eligible), default=None)
