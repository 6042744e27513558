"""One attempt at a job: renewals, what the tool says, and the ways in which it ends before the tool does.

A tool is asked first, by the flag in its context, and ended with its process when its time to notice is over.
"""

import logging
import selectors
import socket
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final, Protocol
from uuid import uuid4

import msgspec

from mcp_runtime.calls import failures
from mcp_runtime.calls.results import decode_tool_result
from mcp_runtime.contract.job_running import LONGEST_WAIT_SECONDS, JobOutcome, JobStanding, JobWatch, JobWork
from mcp_runtime.contract.jobs import JobEnding
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.jobs.fence import Fence
from mcp_runtime.jobs.frames import Begin, Channel, Ended, Frame, Logged, Ready, Stop
from mcp_runtime.jobs.inquiry import Inquiry, Waiting
from mcp_runtime.jobs.saying import Saying

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long things take, in seconds. What a tool says is written down within `writing`. `margin` before the end of
    its lease an attempt that could not renew it is ended. `cancelling` is what a tool gets to notice that nobody waits,
    `withdrawing` where the permission is gone. `starting` is what a runner gets to load its toolkits. `answering` is
    how long the tool waits for each answer of its client, `answering_in_all` for all of them; its time limit does not
    run meanwhile."""

    renewing: float = 3.0
    renewing_again: float = 1.0
    writing: float = 1.0
    margin: float = 5.0
    cancelling: float = 10.0
    withdrawing: float = 1.0
    starting: float = 60.0
    answering: float = 600.0
    answering_in_all: float = LONGEST_WAIT_SECONDS


USUAL: Final = Pace()


@dataclass(frozen=True, slots=True)
class Stopping:
    """Why the tool was told to stop: how the attempt ends where it does so by itself, and where it has to be killed."""

    by_itself: JobEnding
    killed: JobEnding


_TIME_IS_UP: Final = Stopping(JobEnding.TIMEOUT, JobEnding.TIMEOUT)
_CANCELLED: Final = Stopping(JobEnding.STOPPED, JobEnding.KILLED)
_WITHDRAWN: Final = Stopping(JobEnding.WITHDRAWN, JobEnding.WITHDRAWN)


class Place(Protocol):
    """Where the tool runs: a process of its own, or a task in this one. What is said to it and by it goes over its
    channel, in frames."""

    @property
    def channel(self) -> Channel:
        """The supervisor's end, which comes to its end when the place does."""

    is_ready: bool
    """Whether it has loaded what it needs."""

    def kill(self) -> None:
        """End it now. From any thread, any number of times."""

    def close(self) -> str:
        """End it, and wait until it has ended; how, in words."""


class Attempt:
    """Runs in the supervisor's thread, which waits for nothing else."""

    def __init__(self, process: Place, work: JobWork, watch: JobWatch, fence: Fence, pace: Pace) -> None:
        self._process, self._work, self._watch, self._fence, self._pace = process, work, watch, fence, pace
        self._saying = Saying(work.highest_progress, watch.publish)
        self._inquiry = Inquiry(watch, self._send, Waiting(pace.answering, pace.answering_in_all), pace.renewing_again)
        self._time_left: float | None = None
        self._stopping: Stopping | None = None
        self._time_limit = self._renew_at = self._kill_at = float("inf")
        self._is_lost = False
        self.is_worn = False
        """Whether the process must be replaced."""

    def run(self, held_until: float, wake: socket.socket) -> JobOutcome | None:
        """To the end of it; None where the job was lost."""
        self._fence.arm(held_until - self._pace.margin, self._process.kill)
        try:
            outcome = self._run(wake)
            return None if self._is_lost or self._fence.has_fallen else outcome
        finally:
            self._fence.lift()

    def _run(self, wake: socket.socket) -> JobOutcome | None:
        now = monotonic()
        self._renew_at = now + self._pace.renewing
        self._time_limit = now + self._work.timeout_seconds + (0 if self._process.is_ready else self._pace.starting)
        self._send(Begin(self._work))
        self._watch.begun()
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.channel.socket, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            while True:
                woken = {key.fileobj for key, _ in selector.select(self._seconds_left())}
                if wake in woken:
                    wake.recv(4096)
                    self._renew_at = 0.0
                if self._process.channel.socket in woken and (outcome := self._hear()):
                    return self._final(outcome)
                if outcome := self._look_at_the_time():
                    return self._final(outcome)
                if self._is_lost:
                    return None

    def _seconds_left(self) -> float:
        own = (self._renew_at, self._kill_at, self._time_limit)
        next_thing = min(*own, self._saying.tells_at, self._inquiry.looks_at)
        return max(0.0, next_thing - monotonic())

    def _send(self, frame: Frame) -> None:
        try:
            self._process.channel.send(frame)
        except OSError:
            return  # it is dead: the socket's end says so as well, and is heard next

    def _hear(self) -> JobOutcome | None:
        try:
            frames = self._process.channel.receive()
        except (EOFError, OSError, msgspec.MsgspecError) as error:
            return self._died(error)
        if self._saying.hear(frames):
            self._renew_at = min(self._renew_at, monotonic() + self._pace.writing)
        self._inquiry.hear(frames)
        for frame in frames:
            if isinstance(frame, Ready):
                self._process.is_ready = True
                self._time_limit = min(self._time_limit, monotonic() + self._work.timeout_seconds)
            elif isinstance(frame, Logged):
                _write(frame, self._work)
            elif isinstance(frame, Ended):
                self.is_worn = frame.worn
                return self._ended(frame)
        return None

    def _ended(self, ended: Ended) -> JobOutcome:
        if self._stopping is not None:
            return self._stopped(self._stopping.by_itself)
        crashed = ended.outcome in ("crashed", "cancelled")
        ending = JobEnding.CRASHED if crashed else JobEnding.RETURNED
        result = None if ended.result is None else decode_tool_result(ended.result)
        return JobOutcome(ending=ending, result=result, error=ended.error)

    def _died(self, error: Exception) -> JobOutcome:
        self.is_worn = True
        if self._stopping is not None:
            return self._stopped(self._stopping.killed)
        incident = uuid4().hex
        how = self._process.close()
        if not self._fence.has_fallen:
            more = {"incident": incident, "doing": self._work.spec.name, "job": self._work.job_id, "ended": how}
            logger.error("the process of a tool died: %s", error, extra=more)
        result = failures.crashed(self._work.spec.name, incident)
        return JobOutcome(ending=JobEnding.CRASHED, result=result)

    def _stopped(self, ending: JobEnding) -> JobOutcome:
        if ending is not JobEnding.TIMEOUT:
            return JobOutcome(ending=ending)
        result = failures.timed_out(self._work.spec.name, self._work.timeout_seconds)
        return JobOutcome(ending=ending, result=result)

    def _look_at_the_time(self) -> JobOutcome | None:
        now = monotonic()
        if now >= self._saying.tells_at:
            self._saying.tell()
        if now >= self._inquiry.looks_at:
            self._inquiry.look()
        if now >= self._renew_at:
            self._renew()
        self._stop_the_clock()
        if now >= self._time_limit:
            self._time_limit = float("inf")
            self._stop(_TIME_IS_UP, "timeout", self._pace.cancelling)
        if self._stopping is not None and now >= self._kill_at:
            self.is_worn = True
            self._process.kill()
            return self._stopped(self._stopping.killed)
        return None

    def _stop_the_clock(self) -> None:
        """The time limit is for the tool alone, not for whoever it waits for."""
        now = monotonic()
        if self._inquiry.is_waiting and self._time_left is None:
            self._time_left, self._time_limit = self._time_limit - now, float("inf")
        elif self._time_left is not None and not self._inquiry.is_waiting:
            self._time_limit, self._time_left = now + self._time_left, None

    def _renew(self) -> None:
        said = self._saying.unwritten()
        try:
            standing = self._watch.renew(said)
        except RecordUnavailable:
            self._renew_at = monotonic() + self._pace.renewing_again
            return
        self._saying.written(said)
        self._renew_at = monotonic() + self._pace.renewing
        self._heed(standing)

    def _heed(self, standing: JobStanding) -> None:
        if standing.held_until is None:
            self._is_lost = self.is_worn = True
            self._process.kill()
            return
        self._fence.move(standing.held_until - self._pace.margin)
        self._inquiry.answer(standing.answers)
        if standing.is_withdrawn:
            self._stop(_WITHDRAWN, "withdrawn", self._pace.withdrawing)
        elif standing.cancel:
            self._stop(_CANCELLED, standing.cancel, self._pace.cancelling)

    def _stop(self, stopping: Stopping, reason: str, grace: float) -> None:
        self._kill_at = min(self._kill_at, monotonic() + grace)
        if self._stopping is None:
            self._stopping = stopping
            self._send(Stop(reason))

    def _final(self, outcome: JobOutcome) -> JobOutcome:
        """With what the tool said last. Progress is written down with the end, log messages before it."""
        if any(event.kind != "progress" for event in self._saying.unwritten()):
            self._renew()
        left = [event for event in self._saying.unwritten() if event.kind == "progress"]
        return replace(outcome, progress=left[-1] if left else None)


def _write(line: Logged, work: JobWork) -> None:
    more = {"incident": line.incident, "doing": line.doing, "job": work.job_id, "traceback": line.exception}
    shown = {name: value for name, value in more.items() if value}
    logging.getLogger(line.logger).log(line.level, "%s", line.message, extra=shown)
