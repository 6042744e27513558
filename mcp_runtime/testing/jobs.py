"""Jobs of a toolkit's tests: tools that run in the background run in this process, as a worker's runner runs them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.contract.announcements import announced, encode_announcement
from mcp_runtime.contract.jobs import ANNOUNCED, JobEnding, JobEvent, JobOwner, JobView, NewJob, encode_event
from mcp_runtime.contract.keys import ANNOUNCEMENTS, job_channel
from mcp_runtime.contract.snapshot import ServerSnapshot
from mcp_runtime.ending import end_all
from mcp_runtime.testing.running_job import RunningJob

GRACE_SECONDS: Final = 1.0
"""What a tool gets to notice that it is to stop, before it is left to itself."""

Publish = Callable[[str, bytes], Any]


class InlineJobs:
    """Implements `JobRecord`. A job begins as soon as it is made, and its events go over the bus like a worker's."""

    def __init__(self, server: ServerSnapshot, executor: BuiltinExecutor, publish: Publish) -> None:
        self._server, self._executor, self._publish = server, executor, publish
        self._tools = {spec.id: spec for spec in server.tools}
        self._jobs: dict[str, RunningJob] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def create(self, job: NewJob) -> JobView:
        """Begin it, unless there is one of the same owner, tool and key."""
        same = (job.owner, job.tool_id, job.idempotency_key)
        for other in self._jobs.values() if job.idempotency_key else ():
            if (other.job.owner, other.job.tool_id, other.job.idempotency_key) == same:
                return other.view
        running = RunningJob(job, self._tools[job.tool_id], self._server.tenant.slug, self._executor)
        self._jobs[job.id] = running
        task = asyncio.create_task(self._run(running))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return running.view

    async def read(self, owner: JobOwner, job_id: str) -> JobView | None:
        """The owner's job of that id."""
        running = self._jobs.get(job_id)
        return running.view if running is not None and running.job.owner == owner else None

    async def page(self, owner: JobOwner, *, after: str | None, limit: int) -> Sequence[JobView] | None:
        """The owner's jobs, newest first."""
        own = [running.view for running in reversed(self._jobs.values()) if running.job.owner == owner]
        ids = [view.id for view in own]
        if after is not None and after not in ids:
            return None
        first = 0 if after is None else ids.index(after) + 1
        return own[first : first + limit]

    async def ended(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these have ended, or wait for an answer."""
        views = {job_id: self._jobs[job_id].view for job_id in job_ids if job_id in self._jobs}
        return {job_id for job_id in job_ids if job_id not in views or views[job_id].has_ended or views[job_id].inputs}

    async def stored_result(self, owner: JobOwner, job_id: str) -> bytes | None:
        """None: every result is kept with its job."""
        return None

    async def cancel(self, owner: JobOwner, job_id: str) -> JobView | None:
        """Ask the tool to stop."""
        view = await self.read(owner, job_id)
        if view is not None:
            self._jobs[job_id].stop(JobEnding.STOPPED, "cancelled")
        return view

    async def answer(
        self, owner: JobOwner, job_id: str, answers: Mapping[str, Any], problems: Mapping[str, str] | None = None
    ) -> JobView | None:
        """Give the tool what it asked for, or say why there is no answer. Raises AnswerRefused."""
        if await self.read(owner, job_id) is None:
            return None
        self._jobs[job_id].answer(answers, problems or {})
        return self._jobs[job_id].view

    async def close(self) -> None:
        """Stop what runs, and wait for it."""
        for running in self._jobs.values():
            running.stop(JobEnding.STOPPED, "the test is over")
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE_SECONDS)
        await end_all(self._tasks)

    async def _run(self, running: RunningJob) -> None:
        telling = asyncio.create_task(self._tell(running))
        try:
            await running.run()
        finally:
            running.said.put_nowait(JobEvent(kind="ended", job=running.view))
            await telling

    async def _tell(self, running: RunningJob) -> None:
        """Say on the bus what the tool says, in its order, up to the end."""
        while True:
            event = await running.said.get()
            if event.kind == ANNOUNCED:
                announcement = announced(self._server.id, str(event.message), event.data)
                await self._publish(ANNOUNCEMENTS, encode_announcement(announcement))
                continue
            if event.kind == "progress":
                running.change(progress=event.progress, total=event.total, message=event.message)
            await self._publish(job_channel(running.job.id), encode_event(running.job.id, event))
            if event.kind == "ended":
                return
