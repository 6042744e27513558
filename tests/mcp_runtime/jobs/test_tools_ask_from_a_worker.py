"""A tool that runs in a worker asks its client, and gets the answer where it asked."""

from typing import Any

import pytest

from mcp_runtime.contract.job_running import JobOutcome, JobWork
from mcp_runtime.contract.jobs import JobEnding
from mcp_runtime.jobs.attempt import Pace
from mcp_runtime.jobs.inquiry import Waiting
from mcp_runtime.jobs.warm_runner import WarmRunner
from tests.mcp_runtime.jobs.running import Row, options, run, structured, work

FORMS = {"elicitation": {"form": {}}}
HASTY = Pace(cancelling=0.2, answering=1.8)


def accepted(name: str) -> dict[str, Any]:
    return {"action": "accept", "content": {"name": name}}


def question(tool: str, arguments: dict[str, Any] | None = None, **values: Any) -> JobWork:
    return work(tool, arguments, **{"capabilities": FORMS, **values})


def answering(runner: WarmRunner, job: JobWork, *answers: dict[str, Any]) -> Row:
    """A row whose client answers as soon as so many questions are there, in their order."""
    row = Row()

    def look() -> None:
        if len(row.asked) == len(answers):
            row.answers = dict(zip(row.asked, answers, strict=True))
            runner.look(job.job_id)

    row.on_ask = look
    return row


def text_of(outcome: JobOutcome | None) -> str:
    assert outcome is not None
    assert outcome.result is not None
    assert outcome.result.is_error
    return str(outcome.result.content)


@pytest.mark.parametrize("tool", ["ask", "ask_in_thread"])
@pytest.mark.parametrize(("answer", "result"), [(accepted("Ada"), "Ada"), ({"action": "decline"}, "decline")])
def test_functions_and_coroutines_get_what_was_answered(
    runner: WarmRunner, tool: str, answer: dict[str, Any], result: str
) -> None:
    job = question(tool)
    row = answering(runner, job, answer)
    assert structured(run(runner, job, row)) == result
    (request,) = row.asked.values()
    assert (request.method, request.params["message"]) == ("elicitation/create", "Who are you?")
    assert row.dropped == []


def test_a_tool_hears_why_there_is_no_answer(runner: WarmRunner) -> None:
    job = question("ask_in_thread")
    assert "The person said no." in text_of(
        run(runner, job, answering(runner, job, {"problem": "The person said no."}))
    )


def test_two_questions_at_once_are_both_there_before_either_is_answered(runner: WarmRunner) -> None:
    job = question("ask_two")
    row = answering(runner, job, accepted("Ada"), accepted("Max"))
    assert structured(run(runner, job, row)) == ["Ada", "Max"]
    assert [key.rpartition("-")[0] for key in row.asked] == ["first", "second"]


def test_answers_come_one_by_one(runner: WarmRunner) -> None:
    job = question("ask_two")
    row = Row()

    def look() -> None:
        if len(row.asked) == 2:
            row.answers[list(row.asked)[len(row.answers)]] = accepted(f"number {len(row.answers)}")
            row.on_event = lambda _: None
            runner.look(job.job_id)

    row.on_ask = look
    renew = row.renew

    def renew_and_answer(said: Any) -> Any:
        standing = renew(said)
        if len(row.answers) == 1:
            look()
        return standing

    row.renew = renew_and_answer  # type: ignore[method-assign]
    assert structured(run(runner, job, row)) == ["number 0", "number 1"]


@pytest.mark.must("MUST-28.6")
def test_another_attempt_gets_the_answer_to_the_same_question_at_once_and_asks_another_anew(
    runner: WarmRunner,
) -> None:
    first = question("ask")
    row = answering(runner, first, accepted("Ada"))
    run(runner, first, row)

    again = Row()
    again.known = row.answers
    assert structured(run(runner, question("ask", attempt=2), again)) == "Ada"
    assert again.asked == row.asked

    changed = question("ask", {"question": "And who are you now?"}, attempt=2)
    other = answering(runner, changed, accepted("Max"))
    other.known = row.answers
    assert structured(run(runner, changed, other)) == "Max"
    assert other.asked.keys().isdisjoint(row.asked)


def test_a_question_is_asked_again_where_the_record_was_away(runner: WarmRunner) -> None:
    job = question("ask")
    row = answering(runner, job, accepted("Ada"))
    row.is_reachable = False
    assert structured(run(runner, job, row)) == "Ada"


def test_a_client_that_can_not_be_asked_is_not_asked(runner: WarmRunner) -> None:
    row = Row()
    assert "does not offer" in text_of(run(runner, question("ask", capabilities={}), row))
    assert row.asked == {}


def test_what_a_tool_does_not_wait_for_any_more_is_asked_no_more(runner: WarmRunner) -> None:
    job = question("ask_shortly")
    row = Row()

    def look() -> None:
        if len(row.asked) == 2 and row.dropped:
            row.answers = {key: {"action": "cancel"} for key in row.asked}
            runner.look(job.job_id)

    row.on_ask = look
    assert structured(run(runner, job, row)) == "cancel"
    assert row.dropped == list(row.asked)[:1]


@pytest.mark.parametrize("tool", ["ask", "ask_in_thread"])
def test_a_tool_that_waits_for_an_answer_can_be_cancelled(runner: WarmRunner, tool: str) -> None:
    job, row = question(tool), Row()

    def cancel() -> None:
        row.cancel = "client"
        runner.look(job.job_id)

    row.on_ask = cancel
    outcome = run(runner, job, row)
    assert outcome is not None
    assert outcome.ending is JobEnding.STOPPED


def test_all_questions_of_an_attempt_wait_for_so_long_and_no_longer() -> None:
    waiting = Waiting(patience=1_000, in_all=0.2)
    waiting.add("first")
    waiting.add("second")
    assert waiting.remove("first")
    assert not waiting.remove("first")
    while not waiting.overdue():
        pass
    (seconds,) = waiting.overdue().values()
    assert 0 < seconds <= 0.2
    waiting.remove("second")
    # Nothing is left for another one.
    waiting.add("third")
    assert waiting.overdue().keys() == {"third"}


def test_the_time_limit_does_not_run_while_a_tool_waits_but_waiting_ends(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    runner = WarmRunner(options(tmp_path_factory.mktemp("installed")), HASTY)
    run(runner, work("which_process"))
    row = Row()
    outcome = run(runner, question("ask_in_thread", timeout_seconds=1.5), row)
    runner.close()
    assert outcome is not None
    assert outcome.ending is JobEnding.RETURNED
    assert "Nobody answered within 1.8 s" in text_of(outcome)
    assert row.dropped == list(row.asked)
