"""Telling a listener of tasks: `notifications/tasks` of the tasks extension, as far as a client asked for it.

What is told is what tasks/get would answer at that moment. Progress that comes faster than the client reads is dropped.
"""

import asyncio
from collections.abc import Sequence
from time import time
from typing import Any, Final

import msgspec
from msgspec import UNSET

from mcp_runtime.boundary import contained
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.job_waiting import JobWait, owner_of
from mcp_runtime.calls.listeners import Listener
from mcp_runtime.calls.task_support import declares_tasks, missing_extension
from mcp_runtime.calls.task_words import detailed_task
from mcp_runtime.contract.jobs import JobState, JobView
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.ending import end_all
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.toolkits.context import Notification, Progress

TASKS_CHANGED: Final = "notifications/tasks"
TASKS_AT_MOST: Final = 20
"""Each is looked up once when the stream is opened, and followed as long as it is."""


async def watched_tasks(call: Call) -> list[JobView]:
    """The tasks in the filter of subscriptions/listen that are the caller's. Raises Refused."""
    asked = {} if call.params.notifications is UNSET else call.params.notifications
    if "taskIds" not in asked or not call.caller.loaded.has_jobs:
        return []
    if not declares_tasks(call):
        raise missing_extension("params.notifications.taskIds belongs to an extension.")
    ids = asked["taskIds"]
    if type(ids) is not list or len(ids) > TASKS_AT_MOST or not all(type(name) is str for name in ids):
        raise refuse("invalid_params", f"params.notifications.taskIds must be a list of at most {TASKS_AT_MOST} ids.")
    if not call.caller.access.has_jobs:
        return []
    try:
        views = [await call.runtime.jobs.read(owner_of(call), name) for name in dict.fromkeys(ids)]
    except RecordUnavailable as error:
        raise refuse("unavailable", "Tasks can't be looked up just now. Retry shortly.", retry_after=2) from error
    return [view for view in views if view is not None and view.id in ids]


class TaskWatch:
    """Follows the tasks of one stream from `start` to `stop`."""

    __slots__ = ("_call", "_listener", "_tasks", "_views")

    def __init__(self, call: Call, listener: Listener, views: Sequence[JobView]) -> None:
        self._call, self._listener, self._views = call, listener, views
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        """Begin to tell, each as it is now first."""
        for view in self._views:
            work = contained(self._follow(view), Refused, doing="following a task")
            self._tasks.append(asyncio.create_task(work))

    async def stop(self) -> None:
        """Tell no more."""
        await end_all(self._tasks)

    async def _follow(self, view: JobView) -> None:
        runtime = self._call.runtime
        followed = await runtime.job_events.follow(view.id)
        followed.tell_end()  # it may have changed before it was heard: look first
        owner = owner_of(self._call)
        wait = JobWait(runtime, owner, followed, view, lambda said: self._tell_progress(wait.view, said), self._tell)
        try:
            if not view.has_ended and not view.inputs:
                self._tell(view)
            await wait.until_ended()
            self._tell(wait.view)
        except Refused:
            return  # it was removed with what it belonged to
        finally:
            runtime.job_events.leave(followed)

    def _tell_progress(self, view: JobView, said: Notification) -> None:
        if isinstance(said, Progress) and not view.has_ended:
            changes: dict[str, Any] = {"state": JobState.RUNNING, "updated_at": time(), **msgspec.structs.asdict(said)}
            self._tell(msgspec.structs.replace(view, **changes))

    def _tell(self, view: JobView) -> None:
        self._listener.tell(TASKS_CHANGED, view.id, detailed_task(self._call, view))
