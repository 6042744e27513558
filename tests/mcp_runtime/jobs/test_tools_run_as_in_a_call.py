"""A tool does not notice that it runs in a worker: context, errors and judgement are those of a call."""

import logging

import msgspec
import pytest

from mcp_runtime.calls.results import ERROR_META
from mcp_runtime.contract.job_running import JobOutcome
from mcp_runtime.contract.jobs import JobEnding, JobError
from mcp_runtime.jobs.warm_runner import WarmRunner
from tests.mcp_runtime.jobs.running import Row, run, structured, work


def error_of(outcome: JobOutcome | None) -> dict[str, object]:
    """What programs read of a failed result."""
    assert outcome is not None
    assert outcome.result is not None
    assert outcome.result.is_error
    assert outcome.result.meta is not None
    error: dict[str, object] = outcome.result.meta[ERROR_META]
    return error


@pytest.mark.parametrize("tool", ["describe", "describe_async"])
def test_functions_and_coroutines_get_the_same_context(runner: WarmRunner, tool: str) -> None:
    outcome = run(runner, work(tool, attempt=2))
    assert outcome is not None
    assert outcome.ending is JobEnding.RETURNED
    assert structured(outcome) == {
        "tenant": "acme",
        "principal": "ada|client",
        "call_id": "call-1",
        "idempotency_key": "key-1",
        "attempt": 2,
        "cancelled": False,
    }


def test_what_a_tool_tells_everybody_is_passed_on_and_not_written_down(runner: WarmRunner) -> None:
    row = Row()
    assert structured(run(runner, work("announce", {"uri": "test://mine"}), row)) == "announced"
    assert [(event.kind, event.message, event.data) for event in row.published] == [
        ("announced", "notifications/resources/updated", "test://mine"),
        ("announced", "notifications/tools/list_changed", ""),
    ]
    assert row.written == []


def test_what_a_tool_says_is_told_at_once_and_written_down(runner: WarmRunner) -> None:
    row = Row()
    assert structured(run(runner, work("report", {"steps": 3}), row)) == 3

    lines = [event for event in row.published if event.kind == "log"]
    assert [(line.level, line.data, line.logger) for line in lines] == [
        ("info", {"step": step}, "counter") for step in (1, 2, 3)
    ]
    told = [event.progress for event in row.published if event.kind == "progress"]
    assert told == sorted(set(told))
    assert told[-1] == 3
    assert [event for event in row.written if event.kind == "log"] == lines
    assert (row.written[-1].progress, row.written[-1].total, row.written[-1].message) == (3, 3, "step 3")


def test_a_further_attempt_says_only_what_is_further(runner: WarmRunner) -> None:
    row = Row()
    run(runner, work("report", {"steps": 6}, attempt=2, highest_progress=4.0), row)
    told = [event.progress for event in row.published if event.kind == "progress"]
    assert told
    assert min(told) > 4
    run(runner, work("report", {"steps": 3}, attempt=2, highest_progress=4.0), again := Row())
    assert [event for event in again.published if event.kind == "progress"] == []


def test_an_error_of_the_tool_is_an_answer(runner: WarmRunner) -> None:
    outcome = run(runner, work("complain"))
    assert outcome is not None
    assert outcome.ending is JobEnding.RETURNED
    assert error_of(outcome) == {"type": "unknown_city"}


@pytest.mark.parametrize("tool", ["crash", "leave"])
def test_a_crash_is_an_incident_and_shows_nothing(
    runner: WarmRunner, caplog: pytest.LogCaptureFixture, tool: str
) -> None:
    outcome = run(runner, work(tool))
    assert outcome is not None
    assert outcome.ending is JobEnding.CRASHED
    assert "canary-secret" not in str(msgspec.to_builtins(outcome.result))
    assert error_of(outcome)["type"] == "crashed"
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert vars(line)["incident"] == error_of(outcome)["incident"]
    assert "Traceback" in vars(line)["traceback"]


@pytest.mark.must("MUST-22.5")
def test_a_result_that_the_schema_does_not_allow_is_a_crash(runner: WarmRunner) -> None:
    job = work("which_process")
    strict = msgspec.structs.replace(job.spec, output_schema={"type": "object", "required": ["other"]})
    outcome = run(runner, msgspec.structs.replace(job, spec=strict))
    assert outcome is not None
    assert outcome.ending is JobEnding.CRASHED
    assert error_of(outcome)["type"] == "invalid_output"


def test_a_tool_that_is_not_installed_is_a_crash(runner: WarmRunner) -> None:
    job = work("describe")
    elsewhere = msgspec.structs.replace(job.spec, config={"toolkit": "jobs", "tool": "gone"})
    outcome = run(runner, msgspec.structs.replace(job, spec=elsewhere))
    assert outcome is not None
    assert outcome.ending is JobEnding.CRASHED


@pytest.mark.parametrize("tool", ["insist", "insist_async"])
def test_a_tool_may_have_the_call_itself_fail(runner: WarmRunner, tool: str) -> None:
    outcome = run(runner, work(tool))
    assert outcome is not None
    assert (outcome.ending, outcome.result) == (JobEnding.RETURNED, None)
    assert outcome.error == JobError("toolkit_error", "The desk is closed for good.")
