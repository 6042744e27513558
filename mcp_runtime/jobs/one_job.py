"""One job inside of a runner: the tool with the same context, the same errors and the same judgement as in a call."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls import failures
from mcp_runtime.calls.judgement import Judged, judge
from mcp_runtime.calls.loaded import LoadedTool, Run
from mcp_runtime.calls.results import ToolResult, encode_tool_result
from mcp_runtime.contract.job_running import JobWork
from mcp_runtime.contract.jobs import ANNOUNCED, JobError, JobEvent
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.jobs.frames import Answered, Asked, Dropped, Ended
from mcp_runtime.jobs.job_asker import JobAsker
from mcp_runtime.toolkits.context import Cancellation, Cancelled, Context, Notification, Progress
from mcp_runtime.toolkits.errors import ProtocolError

LARGEST_RESULT: Final = 32 * 1024 * 1024
"""Bytes of an encoded result; a tool that returns more has failed."""

Say = Callable[[JobEvent], None]
Tell = Callable[[Asked | Dropped], None]


def event_of(notification: Notification) -> JobEvent:
    """What a tool has said, as it is published."""
    if isinstance(notification, Progress):
        return JobEvent(
            kind="progress",
            progress=notification.progress,
            total=notification.total,
            message=notification.message,
        )
    return JobEvent(kind="log", level=notification.level, data=notification.data, logger=notification.logger)


class JobExecutor(Protocol):
    """What makes a tool runnable. Where it `is_async`, the tool waits nowhere but at an `await`."""

    def bind(self, spec: ToolSpec) -> Run:
        """What runs the tool."""

    def is_async(self, spec: ToolSpec) -> bool:
        """Whether it runs on the loop, and can be cancelled while it waits."""


class OneJob:
    """An attempt: a coroutine on the loop of the runner, or a function on the thread beside it."""

    def __init__(self, work: JobWork, tool: LoadedTool, executor: JobExecutor, say: Say, tell: Tell) -> None:
        self._work, self._tool, self._executor, self._say = work, tool, executor, say
        self._cancellation = Cancellation()
        self._asker = JobAsker(work.capabilities, self._cancellation, tell)
        self._task: asyncio.Task[ToolResult | Crash] | None = None

    def raise_flag(self, reason: str) -> None:
        """The tool may notice from now on that nobody waits for it. From any thread, also while the loop is stuck."""
        self._cancellation.set(reason)

    def interrupt(self) -> None:
        """Wake a coroutine that waits, as a call's is woken; a function in a thread has the flag, and is woken where
        it waits for an answer."""
        if self._task is not None and self._executor.is_async(self._work.spec):
            self._task.cancel()
        else:
            self._asker.give_up()

    def hear(self, answered: Answered) -> None:
        """What came of one of the tool's questions. On the loop."""
        self._asker.hear(answered)

    async def run(self) -> Ended:
        """Run the tool to its end, whatever it does; what it returned is judged and encoded here."""
        tool, name = self._tool, self._work.spec.name
        self._task = asyncio.create_task(contained(self._execute(), Cancelled, ProtocolError, doing=name))
        await asyncio.wait({self._task})
        if self._task.cancelled() or self._task.exception() is not None:
            return self._without_result(name)
        judged = judge(tool, self._task.result())
        encoded = await contained(_encode(judged), doing=name)
        if isinstance(encoded, Crash):
            judged = judge(tool, encoded)
            encoded = encode_tool_result(judged.result)
        if len(encoded) > LARGEST_RESULT:
            too_large = failures.too_large(name, len(encoded), LARGEST_RESULT)
            return Ended("tool_error", "result_too_large", encode_tool_result(too_large))
        return Ended(judged.outcome, judged.reason, encoded)

    def _without_result(self, name: str) -> Ended:
        raised = None if self._task is None or self._task.cancelled() else self._task.exception()
        if isinstance(raised, ProtocolError):
            return Ended("tool_error", raised.type, error=JobError("toolkit_error", raised.message))
        if self._cancellation.is_set():
            return Ended("cancelled", str(self._cancellation.reason))
        # The tool's own invention: nobody has asked it to stop.
        return Ended("crashed", "cancelled", encode_tool_result(failures.crashed(name, self._work.call_id)))

    async def _execute(self) -> ToolResult:
        bound = self._executor.bind(self._work.spec)
        context = self._context()
        context.raise_if_cancelled()
        return await bound(self._work.arguments, context if bound.wants_context else None)

    def _context(self) -> Context:
        work = self._work
        return Context(
            emit=lambda notification: self._say(event_of(notification)),
            cancellation=self._cancellation,
            tenant=work.tenant,
            principal=work.principal,
            call_id=work.call_id,
            idempotency_key=work.idempotency_key,
            attempt=work.attempt,
            trace=work.trace,
            user=work.principal.partition("|")[0] or None,  # a service account has no account of a user's anywhere
            asker=self._asker,
            announce=lambda method, topic: self._say(JobEvent(kind=ANNOUNCED, message=method, data=topic)),
        )


async def _encode(judged: Judged) -> bytes:
    return encode_tool_result(judged.result)
