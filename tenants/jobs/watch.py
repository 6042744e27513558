"""What the domain does for an attempt while it runs: hold the job, keep what its tool says, hear that it is to stop."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import msgspec

from mcp_runtime.contract.announcements import announced
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_running import JobStanding
from mcp_runtime.contract.jobs import ANNOUNCED, JobEvent
from tenants.jobs.asking import database_asked
from tenants.publishing.announcements import announcement_publish
from tenants.publishing.job_events import job_event_publish
from tenants.services.job_asking import job_ask
from tenants.services.job_claiming import LEASE, ClaimedJob
from tenants.services.job_leases import JobLineText, JobProgress, job_renew


class Watch:
    """Implements `mcp_runtime.contract.job_running.JobWatch` for a claimed job."""

    def __init__(self, claimed: ClaimedJob, begun: Callable[[], None]) -> None:
        self._claimed, self._begun = claimed, begun
        self._asked: set[str] = set()
        self.has_written = False
        """Whether the row may be otherwise than the claim has left it."""

    def begun(self) -> None:
        """As the protocol says."""
        self._begun()

    def renew(self, said: Sequence[JobEvent]) -> JobStanding:
        """As the protocol says. The lease counts from before the question: the database counts from later."""
        began, self.has_written = monotonic(), True
        progress = [progress_said(event) for event in said if _is_progress(event)]
        lines = [_line(event) for event in said if not _is_progress(event)]
        with database_asked():
            renewal = job_renew(
                claimed=self._claimed,
                progress=progress[-1] if progress else None,
                lines=lines,
                with_answers=bool(self._asked),
            )
        if not renewal.held:
            return JobStanding(None)
        answers = {key: answer for key, answer in renewal.answers.items() if key in self._asked}
        self._asked -= answers.keys()
        return JobStanding(began + LEASE.total_seconds(), renewal.cancel, renewal.withdrawn, answers)

    def ask(self, asked: Mapping[str, InputRequest], dropped: Collection[str] = ()) -> Mapping[str, dict[str, Any]]:
        """As the protocol says."""
        self.has_written = True
        with database_asked():
            known = job_ask(claimed=self._claimed, asked=asked, dropped=dropped)
        self._asked = (self._asked | asked.keys()) - known.keys() - set(dropped)
        return known

    def publish(self, event: JobEvent) -> None:
        """As the protocol says. What a tool tells everybody is no event of its job."""
        if event.kind == ANNOUNCED:
            announcement_publish(
                announcement=announced(self._claimed.server_id, event.message or "", str(event.data or ""))
            )
        else:
            job_event_publish(job_id=self._claimed.job_id, event=event)


def progress_said(event: JobEvent) -> JobProgress:
    """An event of progress, as it is written down."""
    return JobProgress(event.progress, event.total, event.message)


def _is_progress(event: JobEvent) -> bool:
    return event.kind == "progress"


def _line(event: JobEvent) -> JobLineText:
    text = event.data if isinstance(event.data, str) else msgspec.json.encode(event.data).decode()
    return JobLineText(datetime.now(UTC), event.level, text if event.logger is None else f"{event.logger}: {text}")
