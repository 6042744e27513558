"""The one way a job ends: its final state, its result and the outcome of its call, together or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.jobs import JobEnding, JobError, JobState, JobView
from tenants.models import ApiKey, Call, Connection, Job, JobResult
from tenants.publishing.job_events import job_ended_publish
from tenants.publishing.live import CALLS, JOBS, live_changed
from tenants.row_writing import row_change, row_change_asked
from tenants.sealing import seal
from tenants.selectors.credentials import KIND_ACCESS_TOKEN
from tenants.selectors.jobs import job_view
from tenants.services.calls import INTENT, USE_RESOLUTION

KEPT: Final = timedelta(days=7)
"""How long a job that has ended can be asked for."""

LARGEST_RESULT: Final = 32 * 1024 * 1024
DEFAULT_RESULT_LIMIT: Final = 1024 * 1024

_STATES: Final = {
    JobEnding.RETURNED: JobState.COMPLETED,
    JobEnding.TIMEOUT: JobState.COMPLETED,
    JobEnding.CRASHED: JobState.COMPLETED,
    JobEnding.NEVER_STARTED: JobState.CANCELLED,
    JobEnding.STOPPED: JobState.CANCELLED,
    JobEnding.KILLED: JobState.CANCELLED,
    JobEnding.WITHDRAWN: JobState.FAILED,
    JobEnding.OUTCOME_UNKNOWN: JobState.FAILED,
}

NEVER: Final = datetime.fromtimestamp(0, UTC)
MOST_TOUCHED: Final = 10_000
_touched: Final[dict[str, datetime]] = {}
"""When this process last wrote down that a credential was used."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended; `outcome` and `reason` are what the audit says of its call. A result above `result_limit` bytes
    is kept apart. Without a result, a job that would be completed has failed."""

    ending: JobEnding
    outcome: str
    reason: str = ""
    result: ToolResult | None = None
    error: JobError | None = None
    result_limit: int = DEFAULT_RESULT_LIMIT

    @property
    def state(self) -> JobState:
        """The final state."""
        if self.result is None and _STATES[self.ending] is JobState.COMPLETED:
            return JobState.FAILED
        return _STATES[self.ending]


def job_end(
    *,
    job: Job,
    still: Mapping[str, Any],
    outcome: Outcome,
    also: Mapping[str, Any] = MappingProxyType({}),
    tell: Callable[[JobView], None] | None = None,
) -> JobView | None:
    """End the job if it is `still` so (fields of its row, and their values), in the scope of its tenant; None where it
    is not, and then nothing is written. `also` are further columns to write. Listeners are told after the commit, by
    `tell` where it is given.

    Four statements at most; five with a result that is kept apart.
    """
    return job_end_asked(job=job, still=still, outcome=outcome, also=also, tell=tell)()


def job_end_asked(
    *,
    job: Job,
    still: Mapping[str, Any],
    outcome: Outcome,
    also: Mapping[str, Any] = MappingProxyType({}),
    tell: Callable[[JobView], None] | None = None,
) -> Callable[[], JobView | None]:
    """As `job_end`: its first statement is executed, and what is returned does the rest."""
    now = timezone.now()
    encoded = _encoded(job, outcome.result)
    is_small = encoded is None or len(encoded) <= outcome.result_limit
    changes = {
        "state": outcome.state.value,
        "ending": outcome.ending.value,
        "error": None if outcome.error is None else msgspec.to_builtins(outcome.error),
        "sealed_result": _sealed(job, encoded, "sealed_result") if is_small else None,
        "stored_bytes": 0 if encoded is None or is_small else len(encoded),
        "sealed_inputs": None,
        "open_inputs": 0,
        "lease_expires_at": None,
        "ended_at": now,
        "expires_at": now + KEPT,
        "updated_at": now,
        **also,
    }
    is_ended = row_change_asked(Job, where={"id": job.pk, **still}, to=changes)

    def complete() -> JobView | None:
        if not is_ended():
            return None
        for name, value in changes.items():
            setattr(job, name, value)
        if not is_small:
            sealed = _sealed(job, encoded, "stored_result")
            JobResult.objects.create(tenant_id=job.tenant_id, job_id=job.pk, sealed=sealed)
        _complete_call(job, outcome, now)
        return _told(job, tell)

    return complete


def _told(job: Job, tell: Callable[[JobView], None] | None) -> JobView:
    """The job as it is told of, once that is committed."""
    view = job_view(job)
    transaction.on_commit(lambda: job_ended_publish(view=view) if tell is None else tell(view))
    live_changed(tenant_id=job.tenant_id, name=JOBS)
    live_changed(tenant_id=job.tenant_id, name=CALLS)
    return view


def _encoded(job: Job, result: ToolResult | None) -> bytes | None:
    if result is None:
        return None
    encoded = _encode(result)
    if len(encoded) <= LARGEST_RESULT:
        return encoded
    text = f"The result of {job.tool} has {len(encoded)} bytes; {LARGEST_RESULT} can be kept. Ask for less at once."
    return _encode(failed("result_too_large", text, bytes=len(encoded), limit=LARGEST_RESULT))


def _sealed(job: Job, encoded: bytes | None, column: str) -> bytes | None:
    return None if encoded is None else seal(encoded, tenant_id=job.tenant_id, row_id=job.pk, column=column)


def _complete_call(job: Job, outcome: Outcome, now: datetime) -> None:
    """The audit's row was written with the job; it says from now on how the call ended, counted from its beginning."""
    begun = job.call.get("time") or job.created_at.timestamp()
    duration_ms = max(0.0, (now.timestamp() - begun) * 1000)
    ended = {"outcome": outcome.outcome, "reason": outcome.reason[:100], "duration_ms": duration_ms}
    intent = {"event_id": str(job.pk), "phase": INTENT}
    row_change(Call, where=intent, to={"phase": "outcome", **ended, "updated_at": now})
    _touch_credential(job)


def _touch_credential(job: Job) -> None:
    """The key or connection was used when the job was asked for. A process that has said so lately asks nothing."""
    used_at, credential = job.created_at, f"{job.credential_kind} {job.call.get('credential_id')} {job.delegate}"
    if used_at - _touched.get(credential, NEVER) < USE_RESOLUTION:
        return
    if len(_touched) >= MOST_TOUCHED:
        _touched.clear()
    _touched[credential] = used_at
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=used_at - USE_RESOLUTION)
    if job.credential_kind == KIND_ACCESS_TOKEN:
        Connection.objects.filter(stale, pk=job.delegate).update(last_used_at=used_at)
    elif key_id := _uuid(job.call.get("credential_id")):
        ApiKey.objects.filter(stale, pk=key_id).update(last_used_at=used_at)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
