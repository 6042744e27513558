"""Keeps one runner ready, and has it run one attempt at a time."""

import socket
from threading import Lock

from mcp_runtime.contract.job_running import JobOutcome, JobWatch, JobWork
from mcp_runtime.jobs.attempt import USUAL, Attempt, Pace
from mcp_runtime.jobs.fence import Fence
from mcp_runtime.jobs.runner_process import RunnerOptions, RunnerProcess


class WarmRunner:
    """Implements `mcp_runtime.contract.job_running.JobRunner`. To be used by the one thread that warms it, whose end is
    the runner's; `look` is for any."""

    def __init__(self, options: RunnerOptions, pace: Pace = USUAL) -> None:
        self._options, self._pace = options, pace
        self._fence = Fence()
        self._process: RunnerProcess | None = None
        self._naming = Lock()
        self._job_id = ""
        self._wakes: socket.socket | None = None

    def warm(self) -> None:
        """Start the process. Raises OSError."""
        if self._process is None:
            self._process = RunnerProcess(self._options)

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome | None:
        """As the protocol says; raises OSError where no process can be started."""
        process = self._usable()
        hears, wakes = socket.socketpair()
        attempt = Attempt(process, work, watch, self._fence, self._pace)
        is_good = False
        with hears, wakes:
            self._name(work.job_id, wakes)
            try:
                outcome = attempt.run(held_until, hears)
                process.jobs += 1
                is_good = not attempt.is_worn and process.jobs < self._options.jobs
                return outcome
            finally:
                self._name("", None)
                # Also where something came in between, such as the time limit of the task: nothing may go on.
                if not is_good:
                    self.close()

    def look(self, job_id: str) -> None:
        """As the protocol says."""
        with self._naming:
            if job_id == self._job_id and self._wakes is not None:
                self._wakes.send(b"!")

    def _name(self, job_id: str, wakes: socket.socket | None) -> None:
        with self._naming:
            self._job_id, self._wakes = job_id, wakes

    def _usable(self) -> RunnerProcess:
        if self._process is None or self._process.has_ended:
            self.close()
            self._process = RunnerProcess(self._options)
        return self._process

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.close()
            self._process = None
