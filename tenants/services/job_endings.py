"""Finishing: the worker that holds a job says how it ended."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from mcp_runtime.calls.results import ERROR_META, ToolResult, audit_reason
from mcp_runtime.contract.jobs import JobEnding, JobError, JobView
from tenants.models import Job
from tenants.scope import tenant_scope, tenant_scope_asking
from tenants.selectors.job_standing import job_in_hand
from tenants.services.job_claiming import ClaimedJob
from tenants.services.job_leases import JobProgress, progress_columns
from tenants.services.job_outcomes import Outcome, job_end_asked
from tenants.services.job_permission import WITHDRAWN

_CANCELLED: Final = frozenset({JobEnding.NEVER_STARTED, JobEnding.STOPPED, JobEnding.KILLED})
OUTCOME_UNKNOWN: Final = JobError(
    "outcome_unknown",
    "The worker was lost while the tool ran, and the tool may not run twice: nobody knows whether it had its effect. "
    "Look, before you call again.",
)
NO_ANSWER: Final = JobError("no_answer", "The tool gave no answer. Trying again may help.")


def job_finish(
    *,
    claimed: ClaimedJob,
    ending: JobEnding,
    result: ToolResult | None = None,
    error: JobError | None = None,
    reason: str = "",
    progress: JobProgress | None = None,
    is_as_claimed: bool = False,
    tell: Callable[[JobView], None] | None = None,
) -> JobView | None:
    """End the job, if it is still this worker's; None where it is not, and then nothing is written.

    `reason` is what the audit says beside the outcome, where the result does not say it. `progress` is what the tool
    said last; where the job has been further before, it is left out. Where the caller has written nothing since the
    claim (`is_as_claimed`), the row need not be read again. Whoever waits is told after the commit, by `tell`
    where it is given. Four statements at most; five with a result that is kept apart.
    """
    outcome = _outcome(claimed, ending, result, error, reason)
    still = {"fencing_token": claimed.fencing_token, "state": "running"}

    def end(job: Job) -> Callable[[], JobView | None]:
        return job_end_asked(job=job, still=still, outcome=outcome, also=progress_columns(job, progress), tell=tell)

    known = claimed.row if is_as_claimed else None
    if known is not None:
        with tenant_scope_asking(known.tenant_id, lambda: end(known)) as complete:
            return complete()
    with tenant_scope(UUID(claimed.tenant_id)):
        job = job_in_hand(job_id=UUID(claimed.job_id))
        return None if job is None else end(job)()


def _outcome(
    claimed: ClaimedJob, ending: JobEnding, result: ToolResult | None, error: JobError | None, reason: str
) -> Outcome:
    if ending in _CANCELLED:
        return Outcome(ending, "cancelled", ending.value, error=error)
    if ending is JobEnding.WITHDRAWN:
        return Outcome(ending, "cancelled", reason or ending.value, error=error or WITHDRAWN)
    if ending is JobEnding.OUTCOME_UNKNOWN:
        return Outcome(ending, "crashed", ending.value, error=error or OUTCOME_UNKNOWN)
    if result is None and error is None:
        error = NO_ANSWER
    said = reason or _said(result)
    is_error = error is not None if result is None else result.is_error
    if ending is not JobEnding.RETURNED:
        word, said = ending.value, said or ending.value
    else:
        word = "tool_error" if is_error else "ok"
    return Outcome(ending, word, said, result=result, error=error, result_limit=claimed.result_limit)


def _said(result: ToolResult | None) -> str:
    """The incident of a crash, else the type of the failure."""
    if result is None or not result.is_error:
        return ""
    described = (result.meta or {}).get(ERROR_META)
    incident = described.get("incident") if isinstance(described, dict) else None
    return str(incident or audit_reason(result))
