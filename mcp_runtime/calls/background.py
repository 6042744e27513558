"""A call of a tool that runs on a worker: a job is made for it, and the call waits for it as long as its client does.

From the commit of the job on, its own record is what the audit keeps of the call: its outcome is written with the job's
end, whether or not anybody still waits here.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from mcp_runtime.boundary import contained
from mcp_runtime.calls.call import Answer, Call, Emit, Lasting
from mcp_runtime.calls.inquiry import encode_input_required
from mcp_runtime.calls.job_answers import encode_answer, outcome_of
from mcp_runtime.calls.job_asking import JOB, JobQuestions, answer_by_state, asked_capabilities, is_asked_here
from mcp_runtime.calls.job_options import JobOptions, read_options
from mcp_runtime.calls.job_waiting import JobWait, owner_of
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.notifications import Notifier
from mcp_runtime.calls.task_support import wants_task
from mcp_runtime.calls.task_words import encode_created
from mcp_runtime.calls.time_limit import Clock
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import GivenAnswer, JobsFull, JobView, NewJob
from mcp_runtime.contract.names import GET_JOB_RESULT
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.replica.job_events import FollowedJob
from mcp_runtime.toolkits.context import Notification

logger = logging.getLogger(__name__)

CANCEL_PAUSES: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between the tries to cancel a job while the record can't be reached."""

FULL_RETRY_SECONDS: Final = 30


class BackgroundCall:
    """One such call. `count` is told the outcome, once the call has its answer or nobody waits for it any more."""

    __slots__ = (
        "_call",
        "_count",
        "_followed",
        "_is_over",
        "_options",
        "_owner",
        "_slots",
        "_tool",
        "is_joined",
    )

    def __init__(self, call: Call, tool: LoadedTool, count: Callable[[str], None]) -> None:
        self._call, self._tool, self._count = call, tool, count
        self._owner = owner_of(call)
        self._options = JobOptions()
        self._slots = call.caller.slots_for(tool) if call.streams else ()
        self._followed: FollowedJob | None = None
        self._is_over = False
        self.is_joined = False

    async def start(
        self, arguments: dict[str, Any], intent: AuditEvent, given: dict[str, GivenAnswer] | None = None
    ) -> Answer:
        """Have the job made; then what waits for it, or the answer at once where the client wants to wait for nothing,
        or takes a task for an answer. Raises Refused."""
        self._options = read_options(self._call.meta)
        job = self._new_job(arguments, intent, given or {})
        return await self._begin(job.id, lambda: self._create(job))

    async def go_on(self, job_id: str) -> Answer:
        """The same for the job that asked, once it has the answers that the client brings. Raises Refused."""
        self._options = read_options(self._call.meta)
        self.is_joined = True
        return await self._begin(self._call.runtime.job_events.new_id(), lambda: answer_by_state(self._call, job_id))

    async def _begin(self, own_id: str, find: Callable[[], Awaitable[JobView]]) -> Answer:
        gives_task = wants_task(self._call)
        if gives_task or self._options.timeout == 0:
            view = await find()
            self._count(outcome_of(view))
            return encode_created(self._call, view) if gives_task else self._answer(view)
        lasting = None
        try:
            # Listening comes first: what the job says from its first moment on is heard.
            self._followed = await self._follow(own_id)
            await self._call.runtime.gate.take_slots(self._slots, own_id)
            view = await find()
            if self.is_joined:
                await self._follow_instead(view.id)
            lasting = self._lasting(own_id, view)
        finally:
            if lasting is None:
                await self._give_back(own_id)
        return lasting

    def _lasting(self, own_id: str, view: JobView) -> Lasting:
        return Lasting(
            run=lambda emit: self._run(own_id, view, emit),
            renew=lambda: self._renew(own_id),
            tool=self._tool.spec.name,
            job_id=view.id,
            cancel=lambda: self._cancel(view.id),
        )

    def _new_job(self, arguments: dict[str, Any], intent: AuditEvent, given: dict[str, GivenAnswer]) -> NewJob:
        job_id, spec = self._call.runtime.job_events.new_id(), self._tool.spec
        hints = spec.annotations
        return NewJob(
            id=job_id,
            owner=self._owner,
            tool_id=spec.id,
            tool=spec.name,
            arguments=arguments,
            sensitive=tuple(sorted(self._tool.sensitive)),
            scopes=self._call.caller.record.scopes,
            idempotency_key=self._options.idempotency_key,
            is_idempotent=hints.idempotent_hint is True or hints.is_read_only,
            timeout_seconds=spec.timeout_seconds,
            capabilities=asked_capabilities(self._call),
            given=given,
            trace=self._call.trace,
            call=msgspec.structs.replace(intent, id=job_id),
        )

    async def _create(self, job: NewJob) -> JobView:
        runtime = self._call.runtime
        try:
            view = await runtime.jobs.create(job)
        except JobsFull as full:
            raise _too_many(full.limit) from full
        except RecordUnavailable as error:
            raise _uncertain(job.id) from error
        runtime.metrics.jobs_submitted += 1
        self.is_joined = view.id != job.id
        return view

    async def _follow(self, job_id: str) -> FollowedJob:
        # A legacy stream can be gone on with on another replica, so it waits to the last.
        can_hurry = not (self._call.legacy and self._call.streams)
        return await self._call.runtime.job_events.follow(job_id, can_hurry=can_hurry)

    async def _follow_instead(self, job_id: str) -> None:
        """The client's key names a job that there is already."""
        if self._followed is not None:
            self._call.runtime.job_events.leave(self._followed)
        self._followed = await self._follow(job_id)
        self._followed.tell_end()  # it may have ended before it was heard: look first

    async def _run(self, own_id: str, view: JobView, emit: Emit) -> bytes:
        call, load = self._call, self._call.caller.load
        outcome = "cancelled"
        load.in_flight += not call.streams  # on a stream it has a slot
        try:
            view = await self._wait(view, emit if call.streams else None)
            outcome, self._is_over = outcome_of(view), view.has_ended
            return self._answer(view)
        finally:
            load.in_flight -= not call.streams
            self._count(outcome)
            self._leave()
            # The answer does not wait for the store, which hears of it before a client that has the answer calls again.
            giving = contained(self._give_back(own_id), doing="giving back the places of a call")
            call.runtime.detach(asyncio.ensure_future(giving))

    def _answer(self, view: JobView) -> bytes:
        if is_asked_here(self._call, view):
            return encode_input_required(self._call, view.inputs, {JOB: view.id})
        return encode_answer(self._call, view)

    async def _wait(self, view: JobView, emit: Emit | None) -> JobView:
        """The job once it has ended or asks, or as it is when the client's patience has."""
        assert self._followed is not None  # noqa: S101 - `start` has followed it
        call, clock = self._call, Clock()
        hear = _ignore if emit is None else Notifier(call, emit)
        is_asked = emit is not None and call.legacy and self._may_answer
        asking = JobQuestions(call, emit, view.id, clock) if emit is not None and is_asked else None
        heed = self._stop_where_asked if asking is None else asking.heed
        wait = JobWait(call.runtime, self._owner, self._followed, view, hear, heed)
        is_over = False
        try:
            await within_patience(self._patience(), wait.until_ended(), clock)
            is_over = True
        except _JobAsks:
            pass
        except TimeoutError:
            is_over = True
            try:
                await wait.look()
            except RecordUnavailable:
                logger.info("a job is answered as it was last known", extra={"job": view.id})
        finally:
            if asking is not None:
                asking.end(is_over=is_over)
        return wait.view

    @property
    def _may_answer(self) -> bool:
        """Whether what the job asks may be answered in this call."""
        return True

    def _stop_where_asked(self, view: JobView) -> None:
        """Wait no longer where the answer can ask, or say that something is asked: in a session without a stream."""
        if is_asked_here(self._call, view) or (self._call.legacy and view.inputs):
            raise _JobAsks

    def _patience(self) -> float | None:
        """Seconds; None waits to the end: a client that asked for progress sees that something happens."""
        if self._options.timeout is not None:
            return self._options.timeout
        shows_progress = self._call.streams and type(self._call.meta.get("progressToken")) in (str, int)
        return None if shows_progress else self._call.runtime.settings.job_patience

    async def _renew(self, own_id: str) -> None:
        await self._call.runtime.gate.slots.take(self._slots, own_id)

    async def _give_back(self, own_id: str) -> None:
        self._leave()
        if self._slots:
            await self._call.runtime.gate.slots.release(self._slots, own_id)

    def _leave(self) -> None:
        followed, self._followed = self._followed, None
        if followed is not None:
            self._call.runtime.job_events.leave(followed)

    def _cancel(self, job_id: str) -> None:
        if not self._is_over:
            work = contained(self._cancel_job(job_id), doing="cancelling a job")
            self._call.runtime.detach(asyncio.ensure_future(work))

    async def _cancel_job(self, job_id: str) -> None:
        for pause in CANCEL_PAUSES:
            try:
                await self._call.runtime.jobs.cancel(self._owner, job_id)
            except RecordUnavailable:
                await asyncio.sleep(pause)
            else:
                return
        logger.warning("a job could not be cancelled", extra={"job": job_id})


class _JobAsks(Exception):  # noqa: N818 - reads as the state it reports
    """The job waits for an answer, and the call ends with that."""


async def within_patience(seconds: float | None, waiting: Awaitable[None], clock: Clock) -> None:
    """Wait for so long, as the clock counts. Raises TimeoutError."""
    if seconds is None:
        await waiting
        return
    async with asyncio.timeout(None) as timeout:
        with clock.limit(timeout, seconds):
            await waiting


def _ignore(_: Notification) -> None:
    """A client that takes no stream hears nothing on the way."""


def _too_many(limit: int) -> Refused:
    return refuse(
        "too_many_jobs",
        f"Your organisation has {limit} jobs queued, its limit. Wait until some have ended or cancel some, then retry.",
        retry_after=FULL_RETRY_SECONDS,
        limit=limit,
        remaining=0,
    )


def _uncertain(job_id: str) -> Refused:
    return refuse(
        "unavailable",
        f"The job could not be confirmed: it may exist, as {job_id}. Ask {GET_JOB_RESULT} for it shortly; if there is "
        "no such job then, call again.",
        retry_after=2,
        job=job_id,
    )
