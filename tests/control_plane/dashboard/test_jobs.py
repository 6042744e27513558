"""The list of jobs: who sees which, filters, and what moves while one looks."""

from typing import Any
from uuid import uuid4

import pytest

from mcp_runtime.contract.jobs import JobEnding
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobProgress, job_renew
from tests.control_plane.dashboard.pages import as_role, signed_in_client
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim

JOBS = "/app/acme/jobs/"


def tools(page: Any) -> list[str]:
    """The tools of the rows, from above."""
    return [row.job.tool for row in page.context["jobs"]]


@pytest.mark.parametrize(
    ("role", "sees_others"),
    [("owner", True), ("admin", True), ("developer", True), ("caller", False), ("auditor", True)],
)
def test_each_role_sees_what_is_its_to_see(cast: Cast, role: str, sees_others: bool) -> None:
    ask(cast.max if role == "owner" else cast.ada, tool="count")
    client, _ = as_role(cast, role)
    assert tools(client.get(JOBS)) == (["count"] if sees_others else [])


def test_jobs_stand_newest_first_with_their_state(cast: Cast) -> None:
    ask(cast.max, tool="count")
    claimed = claim()
    job_renew(claimed=claimed, progress=JobProgress(3, 12, "sweep 3"))
    ask(cast.ada, tool="shout")
    page = signed_in_client(cast.ada).get(JOBS)
    assert tools(page) == ["shout", "count"]
    assert ">waiting</span>" in page.content.decode()
    assert ">running · 25 %</span>" in page.content.decode()
    assert "Max" in page.content.decode()


def test_what_a_tool_says_of_its_progress_is_for_those_who_may_read_it(cast: Cast) -> None:
    ask(cast.max)
    job_renew(claimed=claim(), progress=JobProgress(3, None, "customer c-1042"))
    assert "running · customer c-1042" in signed_in_client(cast.ada).get(JOBS).content.decode()
    assert "running · customer c-1042" in signed_in_client(cast.max).get(JOBS).content.decode()
    ask(cast.ada)
    job_renew(claimed=claim(), progress=JobProgress(3, None, "customer c-2000 of very many customers"))
    assert "running · customer c-2000 of very many cu…" in signed_in_client(cast.ada).get(JOBS).content.decode()
    admin, _ = as_role(cast, "admin")
    assert "c-2000" not in admin.get(JOBS).content.decode()


def test_filters_combine_and_are_kept_in_the_url(cast: Cast) -> None:
    ask(cast.max, tool="count")
    claim()
    ask(cast.max, tool="shout")
    ask(cast.ada, tool="count")
    client = signed_in_client(cast.ada)
    person = f"person={cast.max.user.pk}"
    assert len(tools(client.get(f"{JOBS}?tool=count"))) == 2
    assert tools(client.get(f"{JOBS}?state=running")) == ["count"]
    both = client.get(f"{JOBS}?tool=shout&{person}&state=queued&server=demo")
    assert tools(both) == ["shout"]
    assert f'value="{cast.max.user.pk}" selected' in both.content.decode()
    assert 'value="queued" selected' in both.content.decode()
    assert tools(client.get(f"{JOBS}?server=made-up")) == []
    assert "No job fits" in client.get(f"{JOBS}?server=made-up").content.decode()
    assert "all are shown" in client.get(f"{JOBS}?person=max").content.decode()


def test_a_caller_is_offered_the_tools_of_their_own_jobs(cast: Cast) -> None:
    ask(cast.max, tool="count")
    ask(cast.ada, tool="shout")
    assert signed_in_client(cast.max).get(JOBS).context["choices"]["tool"] == [("count", "count")]


def test_new_jobs_are_told_of_without_moving_the_others(cast: Cast) -> None:
    ask(cast.max)
    client = signed_in_client(cast.ada)
    news = f"{JOBS}news?newest={client.get(JOBS).context['newest']}"
    assert client.get(news).content.strip() == b""
    ask(cast.max, tool="count")
    ask(cast.gus)
    assert "1 new job<" in client.get(news).content.decode()
    assert client.get(f"{news}&tool=shout").content.strip() == b""
    assert client.get(f"{JOBS}news?newest=nonsense").content.strip() == b""
    assert signed_in_client(cast.max).get(f"{JOBS}news").content.decode().count("new job") == 1


def test_what_is_on_the_screen_asks_for_itself_until_all_of_it_has_ended(cast: Cast) -> None:
    job = ask(cast.max)
    client = signed_in_client(cast.ada)
    page = client.get(JOBS)
    assert f'hx-get="{JOBS}rows?shown={job.id}"' in page.content.decode()
    ask(cast.max, tool="count")
    rows = client.get(f"{JOBS}rows?shown={job.id}")
    assert tools(rows) == ["shout"]
    assert "<html" not in rows.content.decode()
    assert "HX-Reswap" not in rows
    job_finish(claimed=claim(), ending=JobEnding.RETURNED)
    ended = client.get(f"{JOBS}rows?shown={job.id}")
    assert "hx-get" not in ended.content.decode()
    assert (ended["HX-Reswap"], ended["HX-Reselect"]) == ("outerHTML", "#job-rows")


def test_rows_are_only_of_jobs_that_one_may_see(cast: Cast) -> None:
    adas, guss = ask(cast.ada), ask(cast.gus)
    shown = f"shown={adas.id}&shown={guss.id}&shown={uuid4()}&shown=nonsense"
    assert tools(signed_in_client(cast.max).get(f"{JOBS}rows?{shown}")) == []
    assert tools(signed_in_client(cast.ada).get(f"{JOBS}rows?{shown}")) == ["shout"]


def test_the_outsider_sees_no_job(cast: Cast) -> None:
    ask(cast.ada)
    gus = signed_in_client(cast.gus)
    assert gus.get(JOBS).status_code == 404
    assert tools(gus.get("/app/globex/jobs/")) == []
    assert tools(gus.get(f"/app/globex/jobs/?person={cast.ada.user.pk}")) == []


def test_what_clients_and_tools_say_is_text(cast: Cast) -> None:
    job = ask(cast.max)
    job_renew(claimed=claim(worker="<i>w</i>"), progress=JobProgress(1, None, "<b>x</b>"))
    client = signed_in_client(cast.max)
    for path in (JOBS, f"{JOBS}{job.id}/", f"{JOBS}{job.id}/now", f"{JOBS}?tool=%3Cb%3E"):
        page = client.get(path).content.decode()
        for markup in ("<b>x", "<i>w", '"<b>"'):
            assert markup not in page


def test_many_jobs_are_listed_with_as_many_queries_as_few(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = signed_in_client(cast.ada)
    for _ in range(2):
        ask(cast.max)
    client.get(JOBS)
    with django_assert_max_num_queries(20) as few:
        client.get(JOBS)
    for person in (cast.ada, cast.max) * 30:
        ask(person)
    with django_assert_max_num_queries(20) as many:
        page = client.get(JOBS)
    assert len(few) == len(many)
    assert len(tools(page)) == 50
    assert len(tools(client.get(page.context["part"].next_url))) == 12
