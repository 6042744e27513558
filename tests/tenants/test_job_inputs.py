"""What a running job asks of its client: kept sealed, answered once, by its owner alone."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract import keys
from mcp_runtime.contract.input import ELICITATION, InputRequest
from mcp_runtime.contract.job_inputs import AnswerRefused
from mcp_runtime.contract.jobs import GivenAnswer, JobEnding, JobState, JobView, decode_event
from tenants.jobs.watch import Watch
from tenants.selectors.jobs import job_of_owner, job_view, jobs_ended
from tenants.services.job_asking import job_answer_own, job_ask
from tenants.services.job_cancelling import job_cancel_own
from tenants.services.job_claiming import ClaimedJob
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import job_renew
from tenants.services.job_reaping import jobs_reap
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import ask, call_of, claim, lose, owner_of, row_of
from tests.tenants.test_job_sealing import everything_stored

QUESTION_SECRET, ANSWER_SECRET = "the-moon-is-a-wheel", "and-the-sun-is-a-cart"
FORMS = {"elicitation": {"form": {}}}
DONE = ToolResult([TextContent("HELLO")])


def form(message: str = QUESTION_SECRET) -> InputRequest:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    return InputRequest(ELICITATION, {"mode": "form", "message": message, "requestedSchema": schema})


def accepted(name: str = ANSWER_SECRET) -> dict[str, Any]:
    return {"action": "accept", "content": {"name": name}}


def asking(person: Person, *names: str, **values: Any) -> tuple[JobView, ClaimedJob]:
    """A running job whose tool has asked so."""
    job = ask(person, capabilities=FORMS, **values)
    claimed = claim()
    job_ask(claimed=claimed, asked={name: form() for name in names or ("name",)})
    return job, claimed


def view_of(person: Person, job: JobView) -> JobView:
    row = job_of_owner(owner=owner_of(person), job_id=job.id)
    assert row is not None
    return job_view(row)


def answer(person: Person, job: JobView, **answers: Any) -> JobView | None:
    return job_answer_own(owner=owner_of(person), job_id=job.id, answers=answers)


def test_a_worker_knows_what_the_client_can_be_asked(cast: Cast) -> None:
    ask(cast.max, capabilities=FORMS)
    assert claim().capabilities == FORMS


def test_a_question_waits_in_the_job_until_it_is_answered_and_its_worker_gets_the_answer(cast: Cast) -> None:
    job, claimed = asking(cast.max)
    assert view_of(cast.max, job).inputs == {"name": form()}
    assert job_renew(claimed=claimed, with_answers=True).answers == {}
    answered = answer(cast.max, job, name=accepted())
    assert answered is not None
    assert (answered.inputs, answered.state) == ({}, JobState.RUNNING)
    assert job_renew(claimed=claimed, with_answers=True).answers == {"name": accepted()}
    assert job_renew(claimed=claimed).answers == {}


@pytest.mark.must("MUST-28.6")
def test_questions_are_answered_one_by_one_and_each_once(cast: Cast) -> None:
    job, claimed = asking(cast.max, "first", "second")
    partly = answer(cast.max, job, first=accepted("Ada"), unknown={"ignored": True})
    assert partly is not None
    assert partly.inputs.keys() == {"second"}
    answer(cast.max, job, first=accepted("Max"), second={"action": "decline", "content": {"name": "dropped"}})
    assert job_renew(claimed=claimed, with_answers=True).answers == {
        "first": accepted("Ada"),
        "second": {"action": "decline"},
    }


@pytest.mark.parametrize("bad", [None, "yes", {}, {"action": "maybe"}, {"action": "accept", "content": {"name": 1}}])
def test_what_is_no_answer_is_refused_and_takes_nothing_with_it(cast: Cast, bad: Any) -> None:
    job, _ = asking(cast.max, "first", "second")
    with pytest.raises(AnswerRefused) as refused:
        answer(cast.max, job, first=accepted(), second=bad)
    assert refused.value.key == "second"
    assert view_of(cast.max, job).inputs.keys() == {"first", "second"}


def test_that_there_will_be_no_answer_is_known_instead_of_one(cast: Cast) -> None:
    job, claimed = asking(cast.max, "first", "second")
    problems = {"first": "The person said no.", "unknown": "Never asked."}
    job_answer_own(owner=owner_of(cast.max), job_id=job.id, answers={"second": accepted()}, problems=problems)
    answer(cast.max, job, first=accepted())
    known = job_renew(claimed=claimed, with_answers=True).answers
    assert known == {"first": {"problem": "The person said no."}, "second": accepted()}


@pytest.mark.must("MUST-29.6")
def test_nobody_else_answers_or_learns_that_there_is_a_question(cast: Cast) -> None:
    job, claimed = asking(cast.max)
    mine = owner_of(cast.max)
    for owner in (
        owner_of(cast.gus),
        owner_of(cast.ada),
        owner_of(cast.max, "another-client"),
        msgspec.structs.replace(mine, server_id=str(cast.globex.server.pk)),
        msgspec.structs.replace(mine, tenant_id=str(cast.globex.tenant.pk)),
    ):
        assert job_answer_own(owner=owner, job_id=job.id, answers={"name": accepted()}) is None
        assert job_answer_own(owner=owner, job_id=job.id, answers={"name": "no answer"}) is None
    assert job_answer_own(owner=mine, job_id=str(uuid4()), answers={"name": accepted()}) is None
    assert job_answer_own(owner=mine, job_id="no id", answers={"name": accepted()}) is None
    assert view_of(cast.max, job).inputs.keys() == {"name"}
    assert job_renew(claimed=claimed, with_answers=True).answers == {}


def test_neither_questions_nor_answers_stand_in_any_column_and_none_is_left_at_the_end(cast: Cast) -> None:
    job, claimed = asking(cast.max)
    answer(cast.max, job, name=accepted())
    stored = everything_stored()
    assert QUESTION_SECRET not in stored
    assert ANSWER_SECRET not in stored
    ended = job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    assert ended is not None
    assert ended.inputs == {}
    assert (row_of(job).sealed_inputs, row_of(job).open_inputs) == (None, 0)
    after = answer(cast.max, job, name=accepted())
    assert after is not None
    assert after.state is JobState.COMPLETED
    assert call_of(job).arguments is not None
    assert ANSWER_SECRET not in str(vars(call_of(job)))


def test_a_job_that_waits_can_be_cancelled(cast: Cast) -> None:
    job, claimed = asking(cast.max)
    job_cancel_own(owner=owner_of(cast.max), job_id=job.id)
    assert job_renew(claimed=claimed, with_answers=True).cancel == "client"
    ended = job_finish(claimed=claimed, ending=JobEnding.STOPPED)
    assert ended is not None
    assert (ended.state, ended.inputs) == (JobState.CANCELLED, {})


def test_another_attempt_gets_what_was_answered_before_and_waits_for_the_rest(cast: Cast) -> None:
    job, lost = asking(cast.max, "first", "second", is_idempotent=True)
    answer(cast.max, job, first=accepted("Ada"))
    lose()
    jobs_reap()
    assert view_of(cast.max, job).inputs.keys() == {"second"}
    claimed = claim()
    assert claimed.attempt == 2
    assert view_of(cast.max, job).inputs == {}
    # Whoever saw the question before may answer it now.
    answer(cast.max, job, second=accepted("Max"))
    known = job_ask(claimed=claimed, asked={name: form() for name in ("first", "second", "third")})
    assert known == {"first": accepted("Ada"), "second": accepted("Max")}
    assert view_of(cast.max, job).inputs.keys() == {"third"}
    assert job_ask(claimed=lost, asked={"late": form()}, dropped=["third"]) == {}
    assert view_of(cast.max, job).inputs.keys() == {"third"}


def test_what_was_answered_before_there_was_a_job_its_worker_has_at_once(cast: Cast) -> None:
    given = {"name": GivenAnswer(form(), accepted())}
    job = ask(cast.max, capabilities=FORMS, given=given)
    assert (job.inputs, ANSWER_SECRET in everything_stored()) == ({}, False)
    assert job_ask(claimed=claim(), asked={"name": form()}) == {"name": accepted()}
    assert view_of(cast.max, job).inputs == {}


def test_what_is_asked_no_more_is_answered_no_more(cast: Cast) -> None:
    job, claimed = asking(cast.max)
    job_ask(claimed=claimed, asked={}, dropped=["name", "unknown"])
    assert view_of(cast.max, job).inputs == {}
    answer(cast.max, job, name=accepted())
    assert job_renew(claimed=claimed, with_answers=True).answers == {}


def test_a_waiting_job_is_one_to_look_at(cast: Cast) -> None:
    job, _ = asking(cast.max)
    other = ask(cast.gus)
    assert jobs_ended(job_ids=[job.id, other.id]) == {job.id}
    answer(cast.max, job, name=accepted())
    assert jobs_ended(job_ids=[job.id, other.id]) == set()


def test_a_watch_asks_for_answers_while_there_are_questions(cast: Cast) -> None:
    job = ask(cast.max, capabilities=FORMS)
    watch = Watch(claim(), begun=lambda: None)
    assert watch.ask({"name": form(), "other": form()}) == {}
    assert watch.ask({}, ["other"]) == {}
    answer(cast.max, job, name=accepted())
    assert watch.renew([]).answers == {"name": accepted()}
    assert watch.renew([]).answers == {}


@pytest.mark.django_db(transaction=True)
def test_listeners_and_the_worker_are_told_and_no_content_with_it(cast: Cast, store: Any) -> None:
    job = ask(cast.max, capabilities=FORMS)
    claimed = claim()
    with store.pubsub(ignore_subscribe_messages=True) as ear:
        ear.subscribe(keys.job_channel(job.id), keys.job_control_channel(job.id))
        ear.get_message(timeout=5), ear.get_message(timeout=5)
        job_ask(claimed=claimed, asked={"name": form()})
        answer(cast.max, job, name=accepted())
        heard = [ear.get_message(timeout=5) for _ in range(3)]
    bodies = [message["data"] for message in heard]
    assert [decode_event(body)[1].kind for body in bodies if body] == ["asked", "asked"]
    assert keys.job_control_channel(job.id) in [message["channel"].decode() for message in heard]
    assert not any(secret.encode() in body for body in bodies for secret in (QUESTION_SECRET, ANSWER_SECRET))
