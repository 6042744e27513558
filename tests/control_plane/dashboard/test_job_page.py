"""A job's page: who may see what of it, how it ended in words, cancelling it and running it again."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from mcp_runtime.calls.results import ImageContent, TextContent, ToolResult, failed
from mcp_runtime.contract.jobs import JobEnding, JobView
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, JobProgress, job_renew
from tenants.services.server_tools import server_tool_update
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast, Person
from tests.tenants.jobs import ask, call_of, claim, row_of, tool_of
from tests.tenants.test_job_inputs import ANSWER_SECRET, QUESTION_SECRET, accepted, answer, asking

JOBS = "/app/acme/jobs/"
DONE = ToolResult([TextContent('{"answer": 42}')], structured={"answer": 42})
HTMX = {"HX-Request": "true"}


def line(text: str, level: str = "info") -> JobLineText:
    return JobLineText(timezone.now(), level, text)


def ended(person: Person, ending: JobEnding = JobEnding.RETURNED, result: ToolResult | None = DONE) -> JobView:
    job = ask(person, arguments={"text": "hidden words"})
    claimed = claim("worker-7")
    job_renew(claimed=claimed, lines=[line("said softly")])
    job_finish(claimed=claimed, ending=ending, result=result)
    return job


def shown(client: Client, job: JobView, part: str = "") -> str:
    answer = client.get(f"{JOBS}{job.id}/{part}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("role", "sees", "reads"),
    [
        *(("owner", True, True), ("admin", True, False), ("developer", True, False)),
        *(("caller", False, False), ("auditor", True, True)),
    ],
)
def test_each_role_sees_and_reads_what_is_its_to(cast: Cast, role: str, sees: bool, reads: bool) -> None:
    job = ended(cast.max if role == "owner" else cast.ada)
    client, _ = as_role(cast, role)
    page = client.get(f"{JOBS}{job.id}/")
    assert page.status_code == (200 if sees else 404)
    assert ("said softly" in page.content.decode()) is reads
    assert ("&quot;answer&quot;: 42" in page.content.decode()) is reads
    assert ("for owners and auditors" in page.content.decode()) is (sees and not reads)
    for part in ("log", "result"):
        assert client.get(f"{JOBS}{job.id}/{part}").status_code == (200 if reads else 403 if sees else 404)


def test_ones_own_is_shown(cast: Cast) -> None:
    page = shown(signed_in_client(cast.max), ended(cast.max))
    for text in ("&quot;answer&quot;: 42", "said softly", "worker-7", "The tool returned its result."):
        assert text in page


def test_a_job_leads_to_its_call_and_the_call_to_its_job(cast: Cast) -> None:
    job = ended(cast.max)
    client = signed_in_client(cast.max)
    assert f'href="/app/acme/calls/{call_of(job).pk}/"' in shown(client, job)
    assert f'href="{JOBS}{job.id}/"' in client.get(f"/app/acme/calls/{call_of(job).pk}/").content.decode()


@pytest.mark.parametrize(
    ("ending", "result", "says"),
    [
        (JobEnding.RETURNED, DONE, "done"),
        (JobEnding.RETURNED, failed("no_such_city", "There is no such city."), "tool error"),
        (JobEnding.TIMEOUT, failed("timeout", "Too slow."), "timed out"),
        (JobEnding.CRASHED, failed("crashed", "It broke."), "crashed"),
        (JobEnding.STOPPED, None, "cancelled · stopped"),
        (JobEnding.KILLED, None, "cancelled · ended by force"),
        (JobEnding.WITHDRAWN, None, "permission withdrawn"),
        (JobEnding.OUTCOME_UNKNOWN, None, "outcome unknown"),
    ],
)
def test_endings_are_told_in_words(cast: Cast, ending: JobEnding, result: ToolResult | None, says: str) -> None:
    job = ended(cast.max, ending, result)
    client = signed_in_client(cast.max)
    assert f">{says}</span>" in shown(client, job)
    assert f">{says}</span>" in client.get(JOBS).content.decode()


def test_progress_is_told_while_it_runs_and_the_part_asks_for_itself(cast: Cast) -> None:
    job, client = ask(cast.max), signed_in_client(cast.max)
    assert "It waits for a worker." in shown(client, job)
    claimed = claim()
    job_renew(claimed=claimed, progress=JobProgress(120, 400, "sweep 4"))
    part = shown(client, job, "now")
    assert 'max="100" value="30"' in part
    assert "120 of 400 · sweep 4" in part
    assert f'hx-get="{JOBS}{job.id}/now"' in part
    assert "<html" not in part
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DONE)
    last = client.get(f"{JOBS}{job.id}/now")
    assert f'hx-get="{JOBS}{job.id}/now"' not in last.content.decode()
    assert (last["HX-Reswap"], last["HX-Reselect"]) == ("outerHTML", "#job-now")


def test_lines_come_behind_those_that_are_there(cast: Cast) -> None:
    job, client = ask(cast.max), signed_in_client(cast.max)
    assert "Nothing was said yet." in shown(client, job)
    claimed = claim()
    job_renew(claimed=claimed, lines=[line("first"), line("second", "warning")])
    log = f"{JOBS}{job.id}/log"
    part = client.get(f"{log}?after=1", headers=HTMX).content.decode()
    assert "first" not in part
    assert "second" in part
    assert 'name="after" autocomplete="off" value="2"' in part
    nothing = client.get(f"{log}?after=2", headers=HTMX)
    assert 'name="after" autocomplete="off" value="2"' in nothing.content.decode()
    assert "HX-Reswap" not in nothing
    job_finish(claimed=claimed, ending=JobEnding.RETURNED)
    last = client.get(f"{log}?after=2", headers=HTMX)
    assert last.content.decode().count("<li") == 0
    assert (last["HX-Reswap"], last["HX-Reselect"]) == ("outerHTML", "li")
    file = client.get(log)
    assert file.headers["Content-Disposition"] == f'attachment; filename="job-{job.id}.log"'
    assert file.content.decode().splitlines()[1].endswith("warning: second")


def test_a_long_log_shows_its_end(cast: Cast) -> None:
    job, client = ask(cast.max), signed_in_client(cast.max)
    job_renew(claimed=claim(), lines=[line(f"line {number}.") for number in range(1, 251)])
    page = shown(client, job)
    assert "50 earlier lines are not shown here" in page
    assert "line 50." not in page
    assert "line 51." in page
    assert "line 250." in page


def test_a_result_is_a_file_as_clients_get_it(cast: Cast) -> None:
    picture = ToolResult([TextContent("see"), ImageContent("aGVsbG8=", "image/png")], structured={"n": 1})
    job = ended(cast.max, result=picture)
    client = signed_in_client(cast.max)
    assert "An image, image/png" in shown(client, job)
    file = client.get(f"{JOBS}{job.id}/result")
    sent = json.loads(file.content)
    assert sent["structuredContent"] == {"n": 1}
    assert [block["type"] for block in sent["content"]] == ["text", "image"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_a_large_result_is_downloaded(cast: Cast) -> None:
    job = ask(cast.max)
    claimed = claim()
    large = ToolResult([TextContent("x" * (claimed.result_limit + 1))])
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=large)
    client = signed_in_client(cast.max)
    page = shown(client, job)
    assert "which is too much for this page" in page
    assert "xxxx" not in page
    assert json.loads(client.get(f"{JOBS}{job.id}/result").content)["content"][0]["text"] == large.content[0].text  # type: ignore[union-attr]


def test_what_no_key_opens_is_said(cast: Cast, settings: Any) -> None:
    job, client = ended(cast.max), signed_in_client(cast.max)
    client.force_login(cast.max.user)
    settings.SECRET_KEY_FALLBACKS = []
    settings.SECRET_KEY = settings.SECRET_KEY + "-another"
    client.force_login(cast.max.user)
    assert "no key of this installation opens it" in shown(client, job)
    assert client.get(f"{JOBS}{job.id}/result").status_code == 404


def test_an_unknown_outcome_names_the_key_to_look_for(cast: Cast) -> None:
    page = shown(signed_in_client(cast.max), job := ended(cast.max, JobEnding.OUTCOME_UNKNOWN, None))
    assert "Nobody knows whether this job had its effect" in page
    assert f">{job.id}<" in page
    assert 'data-dialog="again"' in page


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_asked(cast: Cast) -> None:
    client, job = signed_in_client(cast.max), ask(cast.max)
    assert 'data-dialog="cancel"' in shown(client, job)
    assert client.post(f"{JOBS}{job.id}/cancel")["Location"] == f"{JOBS}{job.id}/"
    assert ">cancelled</span>" in shown(client, job)
    job = ask(cast.max)
    claim()
    client.post(f"{JOBS}{job.id}/cancel")
    assert row_of(job).cancel_requested_at is not None
    page = shown(client, job)
    assert ">stopping</span>" in page
    assert 'data-dialog="cancel"' not in page


@pytest.mark.parametrize(("role", "status"), [("admin", 302), ("developer", 302), ("caller", 404), ("auditor", 403)])
def test_others_jobs_are_cancelled_by_those_who_manage_servers(cast: Cast, role: str, status: int) -> None:
    job, (client, _) = ask(cast.ada), as_role(cast, role)
    assert client.post(f"{JOBS}{job.id}/cancel").status_code == status
    assert row_of(job).state == ("cancelled" if status == 302 else "queued")


def test_ones_own_ended_job_is_run_again(cast: Cast) -> None:
    job, client = ended(cast.max), signed_in_client(cast.max)
    assert 'data-dialog="again"' in shown(client, job)
    led = client.post(f"{JOBS}{job.id}/again")
    new_id = led["Location"].removeprefix(JOBS).rstrip("/")
    assert new_id != job.id
    assert "This is the new job" not in shown(client, job)
    assert f'href="{led["Location"]}"' in shown(client, job)
    assert f'href="{JOBS}{job.id}/"' in client.get(led["Location"]).content.decode()
    assert claim().arguments == {"text": "hidden words"}


def test_what_can_not_be_run_again_says_why(cast: Cast) -> None:
    client, job = signed_in_client(cast.max), ask(cast.max)
    refused = client.post(f"{JOBS}{job.id}/again", follow=True)
    assert "has not ended yet" in refused.content.decode()
    job_finish(claimed=claim(), ending=JobEnding.RETURNED)
    server_tool_update(
        tenant=cast.acme.tenant, actor=cast.ada.actor, server=cast.acme.server, tool=tool_of(cast.max), is_enabled=False
    )
    refused = client.post(f"{JOBS}{job.id}/again", follow=True)
    assert "may not call the tool now" in refused.content.decode()
    assert "Only who asked for a job" in (
        signed_in_client(cast.ada).post(f"{JOBS}{job.id}/again", follow=True).content.decode()
    )
    assert 'data-dialog="again"' not in shown(signed_in_client(cast.ada), job)


def test_the_outsider_learns_nothing_of_a_job(cast: Cast) -> None:
    job, gus = ended(cast.ada), signed_in_client(cast.gus)
    for part in ("", "now", "log", "result"):
        answers = [gus.get(f"/app/globex/jobs/{id}/{part}") for id in (job.id, uuid4())]
        assert [answer.status_code for answer in answers] == [404, 404]
    for act in ("cancel", "again"):
        assert gus.post(f"/app/globex/jobs/{job.id}/{act}").status_code == 404


def test_a_page_with_much_in_it_takes_as_many_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client, job = signed_in_client(cast.max), ask(cast.max)
    claimed = claim()
    job_renew(claimed=claimed, lines=[line("one")])
    shown(client, job)
    with django_assert_max_num_queries(20) as few:
        shown(client, job)
    job_renew(claimed=claimed, lines=[line("more")] * 180)
    for _ in range(30):
        ask(cast.max)
    with django_assert_max_num_queries(20) as many:
        shown(client, job)
    assert len(few) == len(many)


def test_a_job_that_waits_for_an_answer_says_so_and_what_it_asks(cast: Cast) -> None:
    job, _ = asking(cast.max, "first", "second")
    client = signed_in_client(cast.max)
    assert "waiting for an answer" in client.get(JOBS).content.decode()
    for part in ("", "now"):
        page = shown(client, job, part)
        assert page.count(QUESTION_SECRET) == 2
        assert "Its time limit does not run." in page
    answer(cast.max, job, first=accepted(), second=accepted())
    page = shown(client, job)
    assert not any(text in page for text in (QUESTION_SECRET, ANSWER_SECRET, "waiting for an answer"))


def test_who_may_not_read_a_job_sees_that_it_waits_and_not_for_what(cast: Cast) -> None:
    job, _ = asking(cast.ada)
    client, _ = as_role(cast, "developer")
    page = shown(client, job)
    assert "waiting for an answer" in page
    assert QUESTION_SECRET not in page
    assert signed_in_client(cast.gus).get(f"{JOBS}{job.id}/").status_code == 404
