"""An upstream that answers a call with a task: it is followed to its end, and its end is the answer of the call.

2026-07-28: the tasks extension. 2025-11-25: basic/utilities/tasks.
"""

import asyncio
from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.toolkits.context import Context
from mcp_runtime.upstreams.answered import Outcome, outcome
from mcp_runtime.upstreams.asked_on import Asking
from mcp_runtime.upstreams.call_turn import CallTurn
from mcp_runtime.upstreams.channel import rpc_error
from mcp_runtime.upstreams.errors import RpcError
from mcp_runtime.upstreams.readable import UNREADABLE
from mcp_runtime.upstreams.upstreams import Answered, Upstreams

SOONEST_SECONDS: Final = 0.1
LATEST_SECONDS: Final = 10.0
USUAL_SECONDS: Final = 1.0
CANCELLING_SECONDS: Final = 5.0
ENDED: Final = frozenset({"completed", "failed", "cancelled"})


class UpstreamTask(Struct):
    """One task, in either era's words."""

    id: str = field(name="taskId")
    status: str = "working"
    message: str | None = field(name="statusMessage", default=None)
    poll_ms: float | None = field(name="pollIntervalMs", default=None)
    older_poll_ms: float | None = field(name="pollInterval", default=None)
    result: Raw | UnsetType = UNSET
    error: Raw | UnsetType = UNSET
    input_requests: dict[str, Any] = field(name="inputRequests", default_factory=dict)

    @property
    def pause(self) -> float:
        """Seconds until it may be asked for again."""
        said = self.poll_ms if self.poll_ms is not None else self.older_poll_ms
        seconds = USUAL_SECONDS if said is None else said / 1000
        return min(max(seconds, SOONEST_SECONDS), LATEST_SECONDS)


def read_task(said: Raw) -> UpstreamTask:
    """Raises UpstreamUnreachable (protocol)."""
    try:
        return msgspec.json.decode(said, type=UpstreamTask)
    except UNREADABLE as error:
        raise UpstreamUnreachable("protocol", "The upstream server sent a task that is none of MCP.") from error


class TaskFollowing:
    """Follows the task of one call. `answered` is what began it, or what it was found again with."""

    def __init__(self, upstreams: Upstreams, answered: Answered, context: Context, turn: CallTurn) -> None:
        self._upstreams, self._answered = upstreams, answered
        self._context, self._turn = context, turn
        self._is_modern = answered.connection.agreed.is_modern
        self._said = ""
        self._steps = 0
        self._answers: set[str] = set()

    async def outcome(self, task: UpstreamTask, asking: Asking) -> Outcome:
        """The end of it. Raises RpcError, UpstreamUnreachable, MissingCapability, InputFailed. Where the call is
        cancelled, so is the task; where it only ends to be begun anew, the task goes on."""
        try:
            return await (self._modern(task, asking) if self._is_modern else self._legacy(task))
        except asyncio.CancelledError:
            if not (self._is_modern and self._context.is_ending):
                await self._cancel(task.id)
            raise

    async def _modern(self, task: UpstreamTask, asking: Asking) -> Outcome:
        if asking.goes_on and asking.task_id == task.id:
            task = await self._update(task, asking)
        while True:
            self._tell(task)
            if task.status in ENDED:
                return _end(task)
            if open_requests := self._open(task):
                asking.required(open_requests, None, task.id)
                task = await self._update(task, asking)
                continue
            await asyncio.sleep(task.pause)
            task = read_task(await self._ask("tasks/get", task.id))

    async def _legacy(self, task: UpstreamTask) -> Outcome:
        while task.status not in ENDED and task.status != "input_required":
            self._tell(task)
            await asyncio.sleep(task.pause)
            task = read_task(await self._ask("tasks/get", task.id))
        self._tell(task)
        if task.status == "cancelled":
            return _end(task)
        return outcome(await self._ask("tasks/result", task.id))  # what it asks, it asks on the stream of this request

    async def _update(self, task: UpstreamTask, asking: Asking) -> UpstreamTask:
        answers = await asking.answers()
        responses = answers.get("inputResponses", {})
        await self._ask("tasks/update", task.id, inputResponses=responses)
        self._answers |= responses.keys()
        return read_task(await self._ask("tasks/get", task.id))

    def _open(self, task: UpstreamTask) -> dict[str, Any]:
        """What it asks for and was not told yet: what was told is taken up when the upstream comes to it."""
        if task.status != "input_required":
            return {}
        return {key: request for key, request in task.input_requests.items() if key not in self._answers}

    async def _ask(self, method: str, task_id: str, **more: Any) -> Raw:
        return await self._upstreams.follow(self._answered, method, {"taskId": task_id, **more}, self._turn)

    async def _cancel(self, task_id: str) -> None:
        try:
            async with asyncio.timeout(CANCELLING_SECONDS):
                await self._ask("tasks/cancel", task_id)
        except (RpcError, UpstreamUnreachable, TimeoutError):
            return

    def _tell(self, task: UpstreamTask) -> None:
        if task.message and task.message != self._said and task.status not in ENDED:
            self._said = task.message
            self._steps += 1
            self._context.progress(self._steps, None, task.message)


def _end(task: UpstreamTask) -> Outcome:
    if isinstance(task.error, Raw):
        raise rpc_error(task.error)
    if isinstance(task.result, Raw):
        return outcome(task.result)
    said = f": {task.message}" if task.message else ""
    raise RpcError(0, f"its task was {task.status}{said}")
