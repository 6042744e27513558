"""Runs the jobs of tools that are code of ours, on an event loop of the worker's own process: they need secrets and the
way out, which no runner's process has. And the choice between the two, by kind."""

from collections.abc import Callable, Mapping

from mcp_runtime.calls.loaded import Run
from mcp_runtime.contract.job_running import JobOutcome, JobRunner, JobWatch, JobWork
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.jobs.attempt import USUAL, Attempt, Pace
from mcp_runtime.jobs.fence import Fence
from mcp_runtime.jobs.in_hand import JobInHand
from mcp_runtime.jobs.loop_place import JobLoop, LoopPlace

Bind = Callable[[ToolSpec], Run]


class KindExecutors:
    """What runs tools on the loop, by their kind. All of them wait at an `await` wherever they wait."""

    def __init__(self, binds: Mapping[str, Bind]) -> None:
        self._binds = binds

    def bind(self, spec: ToolSpec) -> Run:
        """What runs the tool. Raises KeyError for a kind that there is no executor for."""
        return self._binds[spec.kind](spec)

    def is_async(self, _: ToolSpec) -> bool:
        """Every one is."""
        return True


class LoopRunner:
    """Implements `mcp_runtime.contract.job_running.JobRunner`. `make` is asked for the executors in the process that
    runs the first job, after it was forked."""

    def __init__(self, make: Callable[[], Mapping[str, Bind]], pace: Pace = USUAL) -> None:
        self._make, self._pace = make, pace
        self._fence, self._in_hand = Fence(), JobInHand()
        self._loop: JobLoop | None = None

    def warm(self) -> None:
        """There is nothing to be loaded."""

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome | None:
        """As the protocol says."""
        if self._loop is None:
            self._loop = JobLoop(lambda: KindExecutors(self._make()))
        place = LoopPlace(self._loop)
        try:
            with self._in_hand.held(work.job_id) as hears:
                return Attempt(place, work, watch, self._fence, self._pace).run(held_until, hears)
        finally:
            # Also where something came in between, such as the time limit of the task: nothing may go on.
            place.close()
            if not place.has_ended:
                self._loop = None  # the next job gets another, rather than wait for this one

    def look(self, job_id: str) -> None:
        """As the protocol says."""
        self._in_hand.look(job_id)

    def close(self) -> None:
        """End the loop."""
        if self._loop is not None:
            self._loop.close()
            self._loop = None


class RunnerByKind:
    """Tools of toolkits in a process of their own, whatever else there is in this one."""

    def __init__(self, *, toolkits: JobRunner, others: JobRunner) -> None:
        self.toolkits, self.others = toolkits, others

    def warm(self) -> None:
        """As the protocol says."""
        self.toolkits.warm()
        self.others.warm()

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome | None:
        """As the protocol says."""
        runner = self.toolkits if work.spec.kind == "builtin" else self.others
        return runner.run(work, watch, held_until=held_until)

    def look(self, job_id: str) -> None:
        """As the protocol says."""
        self.toolkits.look(job_id)
        self.others.look(job_id)

    def close(self) -> None:
        """As the protocol says."""
        self.toolkits.close()
        self.others.close()
