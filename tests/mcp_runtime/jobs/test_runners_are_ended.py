"""Whatever a tool does, its attempt ends in time, and the next job runs."""

from pathlib import Path
from time import monotonic

import pytest

from mcp_runtime.contract.jobs import JobEnding, JobEvent
from mcp_runtime.jobs.attempt import Pace
from mcp_runtime.jobs.warm_runner import WarmRunner
from tests.control_plane.processes.installation import is_gone, wait_until_gone
from tests.mcp_runtime.jobs.running import AT_ONCE, Row, options, run, structured, work

QUIET = ("heed", "heed_in_thread")
STUBBORN = ("ignore", "hold_everything")


def process_of(runner: WarmRunner) -> int:
    """The process that runs the next job."""
    pid: int = structured(run(runner, work("which_process")))
    return pid


def when_it_runs(runner: WarmRunner, job_id: str, **change: object) -> Row:
    """A row that is changed as soon as the tool has said something, and the bell of its worker rung."""
    row = Row()

    def hear(_: JobEvent) -> None:
        for name, value in change.items():
            setattr(row, name, value)
        runner.look(job_id)

    row.on_event = hear
    return row


@pytest.mark.parametrize("tool", QUIET)
def test_a_tool_that_notices_ends_by_itself_and_leaves_the_process(runner: WarmRunner, tool: str) -> None:
    before, job = process_of(runner), work(tool)
    outcome = run(runner, job, when_it_runs(runner, job.job_id, cancel="client"))
    assert outcome is not None
    assert (outcome.ending, outcome.result) == (JobEnding.STOPPED, None)
    assert process_of(runner) == before


@pytest.mark.parametrize("tool", STUBBORN)
def test_a_tool_that_does_not_is_killed_and_the_next_job_runs(runner: WarmRunner, tool: str) -> None:
    before, job = process_of(runner), work(tool)
    outcome = run(runner, job, when_it_runs(runner, job.job_id, cancel="client"))
    assert outcome is not None
    assert (outcome.ending, outcome.result) == (JobEnding.KILLED, None)
    assert is_gone(before)
    assert process_of(runner) != before


@pytest.mark.parametrize("tool", [*QUIET, *STUBBORN])
def test_the_time_limit_ends_every_tool(runner: WarmRunner, tool: str) -> None:
    outcome = run(runner, work(tool, timeout_seconds=0.3))
    assert outcome is not None
    assert outcome.ending is JobEnding.TIMEOUT
    assert outcome.result is not None
    assert outcome.result.is_error
    assert "0.3 s, its time limit" in str(outcome.result.content)


@pytest.mark.parametrize("tool", ["heed", "ignore"])
def test_a_withdrawn_permission_ends_every_tool(runner: WarmRunner, tool: str) -> None:
    job = work(tool)
    outcome = run(runner, job, when_it_runs(runner, job.job_id, is_withdrawn=True))
    assert outcome is not None
    assert (outcome.ending, outcome.result) == (JobEnding.WITHDRAWN, None)


def test_withdrawing_takes_less_than_five_seconds_at_the_usual_pace() -> None:
    usual = Pace()
    assert usual.renewing + usual.withdrawing < 5


@pytest.mark.parametrize("tool", ["hog", "die"])
def test_a_tool_that_takes_its_process_along_has_crashed(runner: WarmRunner, tool: str) -> None:
    before = process_of(runner)
    outcome = run(runner, work(tool))
    assert outcome is not None
    assert outcome.ending is JobEnding.CRASHED
    assert outcome.result is not None
    assert "report incident" in str(outcome.result.content)
    assert process_of(runner) != before


def test_what_a_tool_has_started_ends_with_it(runner: WarmRunner) -> None:
    job = work("start_another")
    row = when_it_runs(runner, job.job_id, cancel="client")
    outcome = run(runner, job, row)
    assert outcome is not None
    assert outcome.ending is JobEnding.KILLED
    wait_until_gone({row.published[0].data["pid"]})


def test_a_job_that_was_lost_is_ended_and_nothing_is_said_of_it(runner: WarmRunner) -> None:
    before, job = process_of(runner), work("ignore")
    assert run(runner, job, when_it_runs(runner, job.job_id, held=False)) is None
    assert is_gone(before)


@pytest.mark.parametrize("tool", STUBBORN)
def test_a_job_that_can_not_be_held_is_ended_before_its_lease(
    tmp_path_factory: pytest.TempPathFactory, tool: str
) -> None:
    hasty = Pace(renewing=0.05, renewing_again=0.05, margin=1.0)
    runner = WarmRunner(options(tmp_path_factory.mktemp("installed")), hasty)
    before, row = process_of(runner), Row()
    row.is_reachable = False
    lease_ends = monotonic() + 2.0
    assert run(runner, work(tool), row, lease=2.0) is None
    assert monotonic() < lease_ends
    assert is_gone(before)
    runner.close()


def test_a_runner_that_something_was_left_in_is_replaced(runner: WarmRunner) -> None:
    left_in = structured(run(runner, work("leave_a_thread")))
    assert is_gone(left_in)
    assert process_of(runner) != left_in


def test_a_runner_is_replaced_after_so_many_jobs(tmp_path_factory: pytest.TempPathFactory) -> None:
    runner = WarmRunner(options(tmp_path_factory.mktemp("installed"), jobs=2), AT_ONCE)
    first, second, third = (process_of(runner) for _ in range(3))
    runner.close()
    assert first == second
    assert third != first
    assert is_gone(first)


def test_the_next_runner_is_there_before_the_last_job_of_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    runner = WarmRunner(options(tmp_path_factory.mktemp("installed"), jobs=2), AT_ONCE)
    first = process_of(runner)
    runner.warm()
    waiting = runner._next
    assert waiting is not None
    assert process_of(runner) == first
    assert process_of(runner) == waiting.pid
    runner.warm()
    last = runner._next
    runner.close()
    assert last is not None
    assert all(map(is_gone, (first, waiting.pid, last.pid)))


def test_where_no_process_can_be_started_the_tool_has_crashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "gone"))
    runner = WarmRunner(options(tmp_path))
    runner.warm()
    outcome = run(runner, work("describe"))
    assert outcome is not None
    assert outcome.ending is JobEnding.CRASHED
    assert vars(caplog.records[-1])["incident"] in str(outcome.result)
