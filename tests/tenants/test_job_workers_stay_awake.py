"""Whoever has worked listens for a moment for the next bell, and takes that job too."""

from collections.abc import Callable, Iterator
from threading import Event

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.job_running import JobOutcome, JobWatch, JobWork
from mcp_runtime.contract.jobs import JobEnding, JobState, JobView
from tenants.jobs.working import jobs_work
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, row_of


class Prompt:
    """A runner whose tools return at once."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def warm(self) -> None:
        """It always is."""

    def look(self, job_id: str) -> None:
        """Nothing takes long enough to be stopped."""

    def close(self) -> None:
        """Nothing is open."""

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome:
        self.ran.append(work.job_id)
        return JobOutcome(ending=JobEnding.RETURNED, result=ToolResult([TextContent("HELLO")]))


class Rung(Event):
    """Each wait for it brings the next of these about; then it stays silent."""

    def __init__(self, coming: Iterator[Callable[[], JobView]]) -> None:
        super().__init__()
        self._coming, self.waits = coming, 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        for come in self._coming:
            come()
            self.set()
            break
        return self.is_set()


def test_the_next_jobs_are_taken_without_the_broker(cast: Cast) -> None:
    runner, rung = Prompt(), Rung(iter([lambda: ask(cast.gus), lambda: ask(cast.max)]))
    first = ask(cast.max)
    assert jobs_work(worker="worker", runner=runner, rung=rung) == 3
    assert (rung.waits, runner.ran[0]) == (3, first.id)
    assert {row_of(job_id).state for job_id in runner.ran} == {JobState.COMPLETED}
    assert [row_of(job_id).tenant_id for job_id in runner.ran[1:]] == [cast.globex.tenant.pk, cast.acme.tenant.pk]


def test_whoever_found_nothing_goes_back_to_sleep(cast: Cast) -> None:
    rung = Rung(iter([lambda: ask(cast.max)]))
    assert jobs_work(worker="worker", runner=Prompt(), rung=rung) == 0
    assert rung.waits == 0
