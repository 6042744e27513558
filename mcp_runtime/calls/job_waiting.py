"""Waiting for a job: what it says goes to whoever asked for it, until it has ended."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.notifications import LEVELS
from mcp_runtime.contract.jobs import JobEvent, JobOwner, JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.refusals import Refusal, Refused
from mcp_runtime.replica.job_events import ENDED, FollowedJob
from mcp_runtime.toolkits.context import LogMessage, Notification, Progress

if TYPE_CHECKING:
    from mcp_runtime.runtime import Runtime

Hear = Callable[[Notification], None]


def owner_of(call: Call) -> JobOwner:
    """Whose jobs a caller may ask for."""
    record = call.caller.record
    return JobOwner(record.tenant_id, call.caller.loaded.snapshot.id, record.principal)


class JobWait:
    """One call that waits for one job. `view` is the job as it was last known."""

    __slots__ = ("_followed", "_hear", "_highest", "_owner", "_runtime", "view")

    def __init__(self, runtime: "Runtime", owner: JobOwner, followed: FollowedJob, view: JobView, hear: Hear) -> None:
        self._runtime, self._owner, self._followed, self._hear = runtime, owner, followed, hear
        self.view = view
        self._highest: float | None = None

    async def until_ended(self) -> None:
        """Wait for its end, however long that takes. Raises Refused where the job is gone."""
        self._report(self.view.progress, self.view.total, self.view.message)
        while not self.view.has_ended:
            said = await self._followed.news()
            ended = next((event.job for event in said if event.kind == ENDED and event.job is not None), None)
            for event in said:
                self._pass_on(event)
            if ended is not None:
                self.view = ended
            elif self._followed.is_over:
                # Where the record can't be asked, it will tell again that the job has ended.
                with contextlib.suppress(RecordUnavailable):
                    await self.look()
        # What was said last may have come with the end, or have been missed.
        self._report(self.view.progress, self.view.total, self.view.message)

    async def look(self) -> None:
        """Ask the record for the job as it is. Raises Refused where it is gone, RecordUnavailable."""
        view = await self._runtime.jobs.read(self._owner, self._followed.job_id)
        if view is None:
            raise Refused(Refusal("job_failed", "The job was removed, with what it belonged to."))
        self.view = view
        self._followed.is_over = view.has_ended

    def _pass_on(self, event: JobEvent) -> None:
        if event.kind == "progress":
            self._report(event.progress, event.total, event.message)
        elif event.kind == "log" and event.level in LEVELS:
            self._hear(LogMessage(event.level, event.data, event.logger))

    def _report(self, progress: float | None, total: float | None, message: str | None) -> None:
        """Progress only ever increases, whatever order events come in (MCP 2026-07-28 basic/patterns/progress)."""
        if progress is not None and (self._highest is None or progress > self._highest):
            self._highest = progress
            self._hear(Progress(progress, total, message))
