"""Waiting for a job: what it says goes to whoever asked for it, until it has ended."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from mcp_runtime.calls.call import Call
from mcp_runtime.calls.notifications import LEVELS
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.jobs import ASKED, JobEvent, JobOwner, JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.refusals import Refusal, Refused
from mcp_runtime.replica.job_events import ENDED, FollowedJob
from mcp_runtime.toolkits.context import LogMessage, Notification, Progress

if TYPE_CHECKING:
    from mcp_runtime.runtime import Runtime

Hear = Callable[[Notification], None]
Heed = Callable[[JobView], None]


def owner_of(call: Call) -> JobOwner:
    """Whose jobs a caller may ask for."""
    record = call.caller.record
    return JobOwner(record.tenant_id, call.caller.loaded.snapshot.id, record.principal)


class JobWait:
    """One call that waits for one job. `view` is the job as it was last known. `heed` is called with it whenever it
    asks something else than before; what that raises ends the waiting."""

    __slots__ = ("_followed", "_hear", "_heed", "_highest", "_inputs", "_owner", "_runtime", "view")

    def __init__(
        self,
        runtime: "Runtime",
        owner: JobOwner,
        followed: FollowedJob,
        view: JobView,
        hear: Hear,
        heed: Heed | None = None,
    ) -> None:
        self._runtime, self._owner, self._followed, self._hear = runtime, owner, followed, hear
        self.view, self._heed = view, heed
        self._highest: float | None = None
        self._inputs: dict[str, InputRequest] = {}

    async def until_ended(self) -> None:
        """Wait for its end, however long that takes. Raises Refused where the job is gone."""
        self._report(self.view.progress, self.view.total, self.view.message)
        self._show_inputs()
        while not self.view.has_ended:
            said = await self._followed.news()
            ended = next((event.job for event in said if event.kind == ENDED and event.job is not None), None)
            for event in said:
                self._pass_on(event)
            if ended is not None:
                self.view = ended
            elif self._followed.is_over or any(event.kind == ASKED for event in said):
                # Where the record can't be asked, it will tell again that the job has ended, or waits.
                with contextlib.suppress(RecordUnavailable):
                    await self.look()
                self._show_inputs()
        # What was said last may have come with the end, or have been missed.
        self._report(self.view.progress, self.view.total, self.view.message)

    async def look(self) -> None:
        """Ask the record for the job as it is. Raises Refused where it is gone, RecordUnavailable."""
        view = await self._runtime.jobs.read(self._owner, self._followed.job_id)
        if view is None:
            raise Refused(Refusal("job_failed", "The job was removed, with what it belonged to."))
        self.view = view
        self._followed.is_over = view.has_ended

    def _show_inputs(self) -> None:
        if self._heed is not None and self.view.inputs != self._inputs:
            self._inputs = self.view.inputs
            self._heed(self.view)

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
