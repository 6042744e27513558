"""A request of 2025-11-25 that waits for the end of a task: tasks/result, and tasks/cancel until it is cancelled."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from mcp_runtime.calls.authorization import SCOPE_CALL
from mcp_runtime.calls.background import BackgroundCall
from mcp_runtime.calls.call import Call, Emit, Lasting
from mcp_runtime.calls.task_words import RELATED_META
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.names import GET_JOB_RESULT
from mcp_runtime.refusals import refuse

Encode = Callable[[Call, JobView], bytes]


class AwaitedTask(BackgroundCall):
    """One such request. `encode` makes its answer from the job that has ended. Ending the request cancels nothing: the
    job is another request's. While it waits it may be revoked like the runtime's own tool for results."""

    __slots__ = ("_encode", "_id")

    def __init__(self, call: Call, encode: Encode) -> None:
        super().__init__(call, call.caller.access.tools[GET_JOB_RESULT], _count_nothing)
        self._encode, self._id = encode, str(uuid4())

    async def begin(self, view: JobView) -> Lasting:
        """What waits for the job. Raises Refused."""
        if self._slots:
            await self._call.runtime.gate.take_slots(self._slots, self._id)
        lasting = None
        try:
            self._followed = await self._follow(view.id)
            self._followed.tell_end()  # it may have ended before it was heard: look first
            lasting = Lasting(
                run=lambda emit: self._run(self._id, view, emit),
                renew=lambda: self._renew(self._id),
                tool=self._tool.spec.name,
                job_id=view.id,
            )
        finally:
            if lasting is None:
                await self._give_back(self._id)
        return lasting

    async def rejoin(self, job_id: str) -> Lasting:
        """The same where another replica began to wait, and is gone: it has its place there. Raises Refused,
        RecordUnavailable."""
        self._slots = ()
        view = await self._call.runtime.jobs.read(self._owner, job_id)
        if view is None:
            raise refuse("job_failed", "The job was removed, with what it belonged to.")
        return await self.begin(view)

    async def _run(self, own_id: str, view: JobView, emit: Emit) -> bytes:
        def emit_related(method: str, params: dict[str, Any], request_id: str | None = None) -> None:
            emit(method, {**params, "_meta": {RELATED_META: {"taskId": view.id}}}, request_id)

        return await super()._run(own_id, view, emit_related)

    def _answer(self, view: JobView) -> bytes:
        if not view.has_ended:
            raise refuse("unavailable", "The task goes on, and this replica stops. Ask again.", retry_after=1)
        return self._encode(self._call, view)

    @property
    def _may_answer(self) -> bool:
        """With more than it takes to wait for the result: answers change what the job does."""
        return SCOPE_CALL in self._call.caller.record.scopes

    def _stop_where_asked(self, _: JobView) -> None:
        """A client that takes no stream can answer elsewhere, and waits for the result."""

    def _patience(self) -> None:
        """It is waited for to the end (2025-11-25 basic/utilities/tasks, Result Retrieval)."""
        return


def _count_nothing(_: str) -> None:
    """The call was counted when it became a task."""
