"""A worker that was rung for: it takes the fairest job, sees it through, and for a moment the next ones."""

import logging
from time import monotonic, sleep
from typing import Final, Protocol

from django.utils import timezone

from mcp_runtime.contract.job_running import LONGEST_JOB_SECONDS, JobOutcome, JobRunner, JobWork
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.trace_context import trace_context
from tenants.jobs.asking import database_asked
from tenants.jobs.watch import Watch, progress_said
from tenants.publishing.job_events import QueuePlace, bell_ring
from tenants.services.job_claiming import LEASE, ClaimedJob, job_claim
from tenants.services.job_endings import job_finish
from tenants.services.job_reaping import jobs_give_back

logger = logging.getLogger(__name__)

SPELL_SECONDS: Final = 1.0
"""For so long a worker goes on claiming by itself; then it rings, so that its process may be stopped in between."""

AWAKE_SECONDS: Final = 0.1
"""For so long a worker that has worked waits for the next bell itself: by way of the broker it takes longer, and wakes
two processes more."""

CLAIM_PATIENCE_SECONDS: Final = 10.0
FINISH_PATIENCE_SECONDS: Final = 120.0
AGAIN_SECONDS: Final = 0.5
"""While the database is away: for how long it is asked again for a job, and for writing down an end, and how often."""


class BellEar(Protocol):
    """Hears the bell while its process is awake: `tenants.jobs.awake`."""

    @property
    def place(self) -> QueuePlace | None:
        """Where the job waits that the last bell was rung for, if it said so."""

    def listen(self) -> None:
        """Hear bells from now on."""

    def wait(self, seconds: float) -> bool:
        """Wait until the bell rings; False when it has not for so long, or where it can't be heard."""

    def tell_end(self, view: JobView) -> None:
        """Say that a job has ended, and hear bells from now on, if not before."""

    def leave(self) -> int:
        """Hear no more. How many bells came that were not waited for."""


def jobs_work(*, worker: str, runner: JobRunner, ear: BellEar) -> int:
    """Claim and run jobs while there are any, for a spell; how many were run.

    Whoever has run one leaves a bell behind where there may be more: a limit that held others back may be open now.
    """
    done, until, is_rung = 0, monotonic() + SPELL_SECONDS, False
    try:
        while True:
            claimed, held_until = _claim(worker, ear.place if is_rung else None)
            if claimed is not None:
                _see_through(claimed, held_until, runner, ear)
                done += 1
                if monotonic() >= until:
                    _hand_on(ear)
                    bell_ring()
                    break
            elif not done or monotonic() >= until:
                break
            elif not is_rung:
                if not ear.wait(AWAKE_SECONDS):
                    break
                is_rung = True
                continue
            # Whoever rings from now on is heard; what came before is found.
            ear.listen()
            is_rung = False
    except RecordUnavailable as error:
        logger.warning("no job can be claimed", extra={"error": str(error)})
    finally:
        _hand_on(ear)
    return done


def _hand_on(ear: BellEar) -> None:
    """Whoever rang for this process gets somebody else."""
    if bells := ear.leave():
        bell_ring(times=bells)


def _see_through(claimed: ClaimedJob, held_until: float, runner: JobRunner, ear: BellEar) -> None:
    watch = Watch(claimed, begun=lambda: _hand_on(ear))
    outcome = runner.run(_work(claimed), watch, held_until=held_until)
    if outcome is None or _finish(claimed, outcome, ear, is_as_claimed=not watch.has_written) is None:
        logger.warning("a job was lost to another worker, or ended without this one", extra={"job": claimed.job_id})
    runner.warm()


def _claim(worker: str, place: QueuePlace | None) -> tuple[ClaimedJob | None, float]:
    """A job, and until when it is held. A bell that rang while the database was away is kept for a while; so is what
    was claimed as it went away, which nobody learned of."""
    began, until = timezone.now(), monotonic() + CLAIM_PATIENCE_SECONDS
    is_again = False
    while True:
        try:
            with database_asked():
                if is_again:
                    jobs_give_back(worker=worker, since=began)
                held_until = monotonic() + LEASE.total_seconds()
                return job_claim(worker=worker, place=place), held_until
        except RecordUnavailable:
            is_again = True
            if monotonic() > until:
                raise
            sleep(AGAIN_SECONDS)


def _work(claimed: ClaimedJob) -> JobWork:
    return JobWork(
        job_id=claimed.job_id,
        spec=claimed.spec,
        arguments=claimed.arguments,
        tenant=claimed.tenant,
        principal=claimed.principal,
        call_id=claimed.call_id,
        idempotency_key=claimed.idempotency_key,
        attempt=claimed.attempt,
        timeout_seconds=min(claimed.timeout_seconds, LONGEST_JOB_SECONDS),
        highest_progress=claimed.highest_progress,
        capabilities=claimed.capabilities,
        trace=trace_context(claimed.trace),
    )


def _finish(claimed: ClaimedJob, outcome: JobOutcome, ear: BellEar, *, is_as_claimed: bool) -> JobView | None:
    """Write down the end. While the database is away it is tried again: the write is fenced, so it is never too late to
    try, and only what nobody has decided meanwhile is changed."""
    until = monotonic() + FINISH_PATIENCE_SECONDS
    progress = None if outcome.progress is None else progress_said(outcome.progress)
    while True:
        try:
            with database_asked():
                return job_finish(
                    claimed=claimed,
                    ending=outcome.ending,
                    result=outcome.result,
                    error=outcome.error,
                    progress=progress,
                    is_as_claimed=is_as_claimed,
                    tell=ear.tell_end,
                )
        except RecordUnavailable:
            if monotonic() > until:
                raise
            sleep(AGAIN_SECONDS)
