"""Taking the first job of a lane in one statement: its row is held for a worker, and comes back as it then is."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from tenants.row_reading import rows_fetch
from tenants.row_statement import statement_execute
from tenants.selectors.job_queue import HEAD, LARGE
from tenants.selectors.job_standing import StandingJob, sql_value, standing_columns

# The row itself is not counted: databases differ in whether they see it as it was before.
_RUNNING: Final = """
    (
        SELECT count(*) FROM tenants_job other WHERE other.tenant_id = tenants_job.tenant_id
        AND other.state = 'running' AND other.id <> tenants_job.id
    ) AS tenant_running,
    (
        SELECT count(*) FROM tenants_job other WHERE other.state = 'running'
        AND other.tool_id = tenants_job.tool_id AND other.id <> tenants_job.id
    ) AS tool_running,
"""
# This attempt has asked nothing yet. SQLite knows no other name for the table in what a statement returns.
_TAKE: Final = f"""
UPDATE tenants_job SET
    state = 'running', attempt = attempt + 1, fencing_token = fencing_token + 1, lease_expires_at = %s, claimed_at = %s,
    worker = %s, started_at = COALESCE(started_at, %s), open_inputs = 0, updated_at = %s
WHERE tenant_id = %s AND state = 'queued' AND id = ({HEAD})
{{alone}} RETURNING {standing_columns(large=LARGE, more=_RUNNING, job="tenants_job")}
"""  # noqa: S608 - SQL of ours

# A statement sees what was committed before it began. So the lock is taken by one of its own, and the next does nothing
# where that was in vain: both are on their way before anybody knows.
_LOCK: Final = "SELECT set_config('atrium.claims', pg_try_advisory_xact_lock(%s)::text, true)"
_ALONE: Final = "AND current_setting('atrium.claims') = 'true'"


class Waiting(Protocol):
    """Where jobs wait: a lane, or the place that a bell has named."""

    @property
    def tenant_id(self) -> UUID:
        """Of whom."""

    @property
    def tool_id(self) -> UUID:
        """For what."""


class TenantBusy(Exception):  # noqa: N818 - reads as the state it reports
    """Another worker claims for this tenant just now."""


def job_take_asked(*, lane: Waiting, worker: str, lease: timedelta) -> Callable[[], StandingJob | None]:
    """Hold the oldest job that waits in the lane for this worker, for so long, as its next attempt. What is returned
    reads it, with its standing (`job_standing`) and with how many other jobs its tenant and its tool run: None where
    none waits, or somebody else has just changed it. It raises TenantBusy.

    In the tenant's scope; whether the job may run is for the caller to say, who undoes all of it otherwise.
    """
    now = timezone.now()
    held = [*map(sql_value, [now + lease, now, worker, now, now, lane.tenant_id, lane.tenant_id, lane.tool_id, now])]
    cursor = connection.cursor()
    if connection.vendor != "postgresql":
        statement_execute(cursor, _TAKE.format(alone=""), held)
        return lambda: _first(cursor)
    locking = connection.cursor()
    locking.execute(_LOCK, [claim_lock(lane.tenant_id)])
    statement_execute(cursor, _TAKE.format(alone=_ALONE), held)
    return lambda: _alone(locking, cursor)


def claim_lock(tenant_id: UUID) -> int:
    """The number of the lock that whoever claims for a tenant has until its transaction ends, on PostgreSQL."""
    return int.from_bytes(hashlib.sha256(b"job claim" + tenant_id.bytes).digest()[:8], signed=True)


def _alone(locking: CursorWrapper, cursor: CursorWrapper) -> StandingJob | None:
    if locking.fetchone()[0] != "true":
        raise TenantBusy
    return _first(cursor)


def _first(cursor: CursorWrapper) -> StandingJob | None:
    found = rows_fetch(StandingJob, cursor)
    return found[0] if found else None
