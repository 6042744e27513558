"""Keeps one runner ready, and has it run one attempt at a time."""

import logging
from typing import Final
from uuid import uuid4

from mcp_runtime.calls import failures
from mcp_runtime.contract.job_running import JobOutcome, JobWatch, JobWork
from mcp_runtime.contract.jobs import JobEnding
from mcp_runtime.jobs.attempt import USUAL, Attempt, Pace
from mcp_runtime.jobs.fence import Fence
from mcp_runtime.jobs.in_hand import JobInHand
from mcp_runtime.jobs.runner_process import RunnerOptions, RunnerProcess

logger = logging.getLogger(__name__)

AHEAD: Final = 10
"""So many jobs before a runner has had its share, the next one is started, so that no job waits for it to be ready."""


class WarmRunner:
    """Implements `mcp_runtime.contract.job_running.JobRunner`. To be used by the one thread that warms it, whose end is
    the runner's; `look` is for any."""

    def __init__(self, options: RunnerOptions, pace: Pace = USUAL) -> None:
        self._options, self._pace = options, pace
        self._fence = Fence()
        self._process: RunnerProcess | None = None
        self._next: RunnerProcess | None = None
        self._in_hand = JobInHand()

    def warm(self) -> None:
        """Start the process, or its successor. Where that is impossible now, the next job tries again."""
        try:
            process = self._usable()
            if self._next is None and process.jobs >= max(1, self._options.jobs - AHEAD):
                self._next = RunnerProcess(self._options)
        except OSError as error:
            logger.warning("no process for tools can be started: %s", error)

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome | None:
        """As the protocol says. Where no process can be started, the tool has crashed."""
        try:
            process = self._usable()
        except OSError as error:
            return _never_started(work, error)
        attempt = Attempt(process, work, watch, self._fence, self._pace)
        is_good = False
        with self._in_hand.held(work.job_id) as hears:
            try:
                outcome = attempt.run(held_until, hears)
                process.jobs += 1
                is_good = not attempt.is_worn and process.jobs < self._options.jobs
                return outcome
            finally:
                # Also where something came in between, such as the time limit of the task: nothing may go on.
                if not is_good:
                    self._retire()

    def look(self, job_id: str) -> None:
        """As the protocol says."""
        self._in_hand.look(job_id)

    def _usable(self) -> RunnerProcess:
        while self._process is None or self._process.has_ended:
            self._retire()
            self._process = self._process or RunnerProcess(self._options)
        return self._process

    def _retire(self) -> None:
        """End the process. Its successor takes its place, where there is one."""
        ended, self._process, self._next = self._process, self._next, None
        if ended is not None:
            ended.close()

    def close(self) -> None:
        """End whatever there is."""
        while self._process is not None or self._next is not None:
            self._retire()


def _never_started(work: JobWork, error: OSError) -> JobOutcome:
    incident = uuid4().hex
    more = {"incident": incident, "doing": work.spec.name, "job": work.job_id}
    logger.error("no process for a tool can be started: %s", error, extra=more)
    return JobOutcome(ending=JobEnding.CRASHED, result=failures.crashed(work.spec.name, incident))
