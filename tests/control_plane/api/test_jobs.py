"""Jobs over REST: who sees which, who reads what was in them, cancelling and asking again."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.jobs import JobEnding, JobView
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, JobProgress, job_renew
from tenants.services.members import membership_role_set
from tenants.services.servers import server_create
from tests.fixtures.api import Asker, signed_in, with_key
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import SECRET, ask, claim, row_of
from tests.tenants.test_job_inputs import ANSWER_SECRET, QUESTION_SECRET, accepted, answer, asking

JOBS = "tenants/acme/jobs"
DONE = ToolResult([TextContent("HELLO")], structured={"text": "HELLO"})


def ended(person: Person, ending: JobEnding = JobEnding.RETURNED, result: ToolResult | None = DONE) -> JobView:
    job = ask(person, idempotency_key=f"once {uuid4()}")
    claimed = claim()
    lines = [JobLineText(timezone.now(), "info", f"line {number}") for number in range(1, 13)]
    job_renew(claimed=claimed, progress=JobProgress(3, 4, "nearly"), lines=lines)
    job_finish(claimed=claimed, ending=ending, result=result)
    return job


def ids(asker: Asker, query: str = "", path: str = JOBS) -> list[str]:
    return [row["id"] for row in asker.get(f"{path}{query}").json()["results"]]


def kind(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["type"]


def as_role(cast: Cast, role: str, *scopes: str) -> Asker:
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role=role)
    return with_key(Person(cast.max.user, cast.acme, role), scopes or ["manage:read"])


def test_a_job_is_read_with_what_came_of_it(cast: Cast, ada_api: Asker) -> None:
    job = ended(cast.max)
    (listed,) = ada_api.get(JOBS).json()["results"]
    assert "arguments" not in listed
    read = ada_api.get(f"{JOBS}/{job.id}").json()
    assert (read["state"], read["ending"], read["attempt"], read["tool"]) == ("completed", "returned", 1, "shout")
    assert (read["progress"], read["progress_total"], read["message"]) == (3.0, 4.0, "nearly")
    assert read["idempotency_key"].startswith("once")
    result = ada_api.get(f"{JOBS}/{job.id}/result").json()
    assert result == {
        "content": [{"type": "text", "text": "HELLO"}],
        "isError": False,
        "structuredContent": {"text": "HELLO"},
    }


def test_the_log_is_read_in_parts(cast: Cast, ada_api: Asker) -> None:
    log = f"{JOBS}/{ended(cast.max).id}/log"
    first = ada_api.get(f"{log}?limit=10").json()
    second = ada_api.get(f"{log}?limit=10&cursor={first['next']}").json()
    texts = [line["text"] for line in (*first["results"], *second["results"])]
    assert texts == [f"line {number}" for number in range(1, 13)]
    assert second["next"] is None
    assert kind(ada_api.get(f"{log}?cursor=W251bGxd")) == (400, "invalid_value")


def test_a_caller_sees_their_own(cast: Cast, max_api: Asker) -> None:
    own, adas = ended(cast.max), ended(cast.ada)
    assert ids(max_api) == [own.id]
    assert max_api.get(f"{JOBS}/{own.id}").json()["message"] == "nearly"
    foreign = [
        max_api.get(f"{JOBS}/{job_id}{part}") for job_id in (adas.id, uuid4()) for part in ("", "/log", "/result")
    ]
    assert {kind(answer) for answer in foreign} == {(404, "not_found")}
    assert len({answer.content for answer in foreign}) == 1


@pytest.mark.parametrize(("role", "reads"), [("admin", False), ("developer", False), ("auditor", True)])
def test_others_see_all_and_read_what_is_theirs_to(cast: Cast, role: str, reads: bool) -> None:
    job = ended(cast.ada)
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role=role)
    asker = signed_in(cast.max.user)
    read = asker.get(f"{JOBS}/{job.id}").json()
    assert (read["arguments"] is not None, read["message"] is not None) == (reads, reads)
    for part in ("log", "result"):
        answer = asker.get(f"{JOBS}/{job.id}/{part}")
        assert answer.status_code == 200 if reads else kind(answer) == (403, "ability_missing")


def test_arguments_are_shown_as_the_audit_keeps_them(cast: Cast, ada_api: Asker) -> None:
    job = ask(cast.ada)
    assert SECRET not in ada_api.get(f"{JOBS}/{job.id}").content.decode()


def test_lists_are_narrowed(cast: Cast, ada_api: Asker) -> None:
    done, waiting = ended(cast.ada), ask(cast.max, tool="count")
    assert ids(ada_api) == [waiting.id, done.id]
    assert ids(ada_api, "?state=queued") == [waiting.id]
    assert ids(ada_api, "?tool=shout&server=demo") == [done.id]
    assert ids(ada_api, f"?user_id={cast.max.user.pk}") == [waiting.id]
    assert ids(ada_api, "?server=made-up") == []
    assert ids(ada_api, "?until=2001-01-01T00:00:00Z") == []
    assert kind(ada_api.get(f"{JOBS}?state=resting")) == (400, "invalid_value")
    first = ada_api.get(f"{JOBS}?limit=1").json()
    assert ids(ada_api, f"?limit=1&cursor={first['next']}") == [done.id]


def test_a_key_for_one_server_sees_that_servers_jobs(cast: Cast, ada_api: Asker) -> None:
    job = ended(cast.ada)
    other = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="other", name="Other")
    narrow = with_key(cast.ada, servers=[other])
    assert ids(narrow) == []
    assert ids(with_key(cast.ada, servers=[cast.acme.server])) == [job.id]
    tried = [
        narrow.get(f"{JOBS}/{job.id}"),
        narrow.post(f"{JOBS}/{job.id}/cancel"),
        narrow.post(f"{JOBS}/{job.id}/retry"),
    ]
    assert {kind(answer) for answer in tried} == {(404, "not_found")}


def test_a_waiting_job_is_cancelled(cast: Cast, ada_api: Asker) -> None:
    job = ask(cast.max)
    cancelled = ada_api.post(f"{JOBS}/{job.id}/cancel").json()
    assert (cancelled["state"], cancelled["ending"]) == ("cancelled", "never_started")
    assert ada_api.post(f"{JOBS}/{job.id}/cancel").json()["ending"] == "never_started"
    running = ask(cast.max)
    claim()
    assert ada_api.post(f"{JOBS}/{running.id}/cancel").json()["cancel_requested_at"] is not None


def test_others_jobs_are_cancelled_by_those_who_manage_servers(cast: Cast) -> None:
    job = ask(cast.ada)
    assert kind(as_role(cast, "caller").post(f"{JOBS}/{job.id}/cancel")) == (403, "insufficient_scope")
    assert kind(signed_in(cast.max.user).post(f"{JOBS}/{job.id}/cancel")) == (404, "not_found")
    membership_role_set(tenant=cast.acme.tenant, actor=cast.ada.actor, user=cast.max.user, role="auditor")
    assert kind(signed_in(cast.max.user).post(f"{JOBS}/{job.id}/cancel")) == (403, "ability_missing")
    assert row_of(job).state == "queued"
    assert as_role(cast, "developer", "manage:read", "manage:write").post(f"{JOBS}/{job.id}/cancel").status_code == 200
    assert row_of(job).state == "cancelled"


def test_an_ended_job_is_asked_for_again_by_its_own_person(cast: Cast, ada_api: Asker) -> None:
    own, others = ended(cast.ada), ended(cast.max)
    again = ada_api.post(f"{JOBS}/{own.id}/retry")
    assert (again.status_code, again.json()["state"], again.json()["retry_of"]) == (201, "queued", own.id)
    assert ids(ada_api, f"?retry_of={own.id}") == [again.json()["id"]]
    assert kind(ada_api.post(f"{JOBS}/{again.json()['id']}/retry")) == (409, "not_repeatable")
    assert kind(ada_api.post(f"{JOBS}/{others.id}/retry")) == (403, "ability_missing")


def test_what_has_no_result_says_why(cast: Cast, ada_api: Asker) -> None:
    waiting = ask(cast.ada)
    assert kind(ada_api.get(f"{JOBS}/{waiting.id}/result")) == (404, "not_found")
    ada_api.post(f"{JOBS}/{waiting.id}/cancel")
    assert kind(ada_api.get(f"{JOBS}/{waiting.id}/result")) == (404, "not_found")


def test_an_unknown_outcome_is_named(cast: Cast, ada_api: Asker) -> None:
    lost = ended(cast.ada, JobEnding.OUTCOME_UNKNOWN, None)
    assert ada_api.get(f"{JOBS}/{lost.id}").json()["error"]["type"] == "outcome_unknown"
    assert kind(ada_api.get(f"{JOBS}/{lost.id}/result")) == (404, "not_found")


def test_the_outsider_finds_no_job(cast: Cast, gus_api: Asker) -> None:
    job = ended(cast.ada)
    assert ids(gus_api, path="tenants/globex/jobs") == []
    for job_id in (job.id, uuid4()):
        assert kind(gus_api.get(f"tenants/globex/jobs/{job_id}")) == (404, "not_found")
        assert kind(gus_api.post(f"tenants/globex/jobs/{job_id}/cancel")) == (404, "not_found")
        assert kind(gus_api.post(f"tenants/globex/jobs/{job_id}/retry")) == (404, "not_found")
    assert kind(gus_api.get(f"{JOBS}/{job.id}")) == (404, "not_found")


def test_many_jobs_are_listed_with_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    asker = with_key(cast.ada)
    ask(cast.max)
    asker.get(JOBS)
    with django_assert_max_num_queries(15) as few:
        asker.get(JOBS)
    for person in (cast.max, cast.ada) * 10:
        ask(person)
    with django_assert_max_num_queries(15) as many:
        assert len(ids(asker)) == 21
    assert len(few) == len(many)


def test_a_cursor_opens_nothing(cast: Cast, ada_api: Asker, gus_api: Asker, max_api: Asker) -> None:
    job = ended(cast.ada)
    ended(cast.ada)
    cursor = ada_api.get(f"{JOBS}?limit=1").json()["next"]
    assert ids(ada_api, f"?cursor={cursor}") == [job.id]
    assert gus_api.get(f"tenants/globex/jobs?cursor={cursor}").json() == {"results": [], "next": None}
    assert ids(max_api, f"?cursor={cursor}") == []
    line = ada_api.get(f"{JOBS}/{job.id}/log?limit=1").json()["next"]
    for asker, tenant in ((gus_api, "globex"), (max_api, "acme")):
        assert kind(asker.get(f"tenants/{tenant}/jobs/{job.id}/log?cursor={line}")) == (404, "not_found")


def test_what_a_job_asks_is_shown_to_who_may_read_it_and_answers_to_nobody(
    cast: Cast, ada_api: Asker, gus_api: Asker
) -> None:
    job, _ = asking(cast.max, "first", "second")
    answer(cast.max, job, first=accepted())
    (listed,) = ada_api.get(JOBS).json()["results"]
    assert (listed["open_questions"], "questions" in listed) == (1, False)
    read = ada_api.get(f"{JOBS}/{job.id}")
    assert read.json()["questions"] == [{"key": "second", "kind": "form", "message": QUESTION_SECRET}]
    assert ANSWER_SECRET not in read.content.decode()
    assert gus_api.get(f"{JOBS}/{job.id}").status_code == 404
    # Who manages servers sees that there is a question.
    unread = as_role(cast, "developer").get(f"{JOBS}/{ask_of_ada(cast).id}").json()
    assert (unread["open_questions"], unread["questions"]) == (1, None)


def ask_of_ada(cast: Cast) -> JobView:
    job, _ = asking(cast.ada)
    return job
