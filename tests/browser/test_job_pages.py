"""Jobs in a browser: a list that moves and keeps its places, a job that goes on while one looks, cancelling."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from mcp_runtime.calls.results import TextContent, ToolResult, failed
from mcp_runtime.contract.input import ELICITATION, InputRequest
from mcp_runtime.contract.jobs import JobEnding, JobView
from tenants import playground
from tenants.services.grants import grant_set
from tenants.services.job_asking import job_answer_own, job_ask
from tenants.services.job_cancelling import job_cancel
from tenants.services.job_claiming import ClaimedJob
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, JobProgress, job_renew
from tenants.services.server_tools import server_tool_add
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask, claim, owner_of, row_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")
JOBS = "/app/acme/jobs/"
LONG, QUICK = "matrix_decomposition", "slugify"
DECOMPOSED = ToolResult(
    [TextContent('{"singular_values": [3.1, 2.4, 0.2], "sweeps": 9}')],
    structured={"singular_values": [3.1, 2.4, 0.2], "sweeps": 9},
)


LIMIT = InputRequest(ELICITATION, {"mode": "form", "message": "How small may the norm become?"})


@dataclass(frozen=True)
class Asked:
    """Jobs in every state."""

    cast: Cast
    done: JobView
    refused: JobView
    unknown: JobView
    killed: JobView
    running: ClaimedJob
    waiting: JobView


@pytest.fixture(scope="module")
def asked(installation: Installation) -> Asked:
    cast = installation.cast
    _offer(cast)
    done = ask(cast.max, tool=LONG, facts=by_playground(size=400, seed=7))
    _end(claim("tools-1"), JobEnding.RETURNED, DECOMPOSED, progress=9)
    refused = ask(cast.ada, tool=QUICK, facts=by_playground(text="nowhere"))
    _end(claim("tools-2"), JobEnding.RETURNED, failed("no_such_city", "There is no such city."))
    unknown = ask(cast.max, tool=QUICK, facts=by_playground(text="refund 1042"))
    _end(claim("tools-1"), JobEnding.OUTCOME_UNKNOWN, None, progress=2)
    killed = ask(cast.max, tool=QUICK)
    claimed = claim("tools-2")
    job_cancel(tenant=cast.acme.tenant, actor=cast.max.actor, job_id=row_of(killed).pk)
    job_finish(claimed=claimed, ending=JobEnding.KILLED)
    ask(cast.ada, tool=LONG, facts=by_playground(size=900, seed=1))
    running = claim("tools-1")
    say(running, 4, "sweep 4")
    return Asked(cast, done, refused, unknown, killed, running, ask(cast.max, tool=QUICK))


def by_playground(**arguments: Any) -> dict[str, Any]:
    """What the audit says of such a call."""
    return {"credential_kind": "api_key", "client": playground.CLIENT, "arguments": json.dumps(arguments)}


def _offer(cast: Cast) -> None:
    """A tool that takes long, also for callers."""
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    tool = server_tool_add(**who, toolkit="compute", tool=LONG)
    grant_set(**who, subject_kind="role", subject="caller", target_kind="tool", target=str(tool.pk))


def _end(claimed: ClaimedJob, ending: JobEnding, result: ToolResult | None, progress: int = 0) -> None:
    for number in range(1, progress + 1):
        say(claimed, number, f"sweep {number}")
    job_finish(claimed=claimed, ending=ending, result=result)


def say(claimed: ClaimedJob, number: int, words: str) -> None:
    """What a tool says, as its worker writes it down."""
    level = "warning" if number % 5 == 0 else "info"
    line = JobLineText(timezone.now(), level, f"{words}: off-diagonal norm {10.0**-number:.1e}")
    job_renew(claimed=claimed, progress=JobProgress(number, 12, words), lines=[line])


def test_the_list_is_sound(page_at: PageAt, check_page: CheckPage, asked: Asked) -> None:
    check_page(page_at("/app/globex/jobs/", asked.cast.gus), "jobs-empty")
    page = page_at(JOBS, asked.cast.ada)
    expect(page.get_by_text("running · 33 %")).to_be_visible()
    check_page(page, "jobs")
    check_page(page_at(f"{JOBS}?tool=nothing_like_it", asked.cast.max), "jobs-none")


def test_filters_stay_in_the_url(page_at: PageAt, asked: Asked) -> None:
    page = page_at(JOBS, asked.cast.ada)
    page.get_by_label("State").select_option("completed")
    page.wait_for_url("**/jobs/?**state=completed**")
    page.get_by_label("Person").select_option(label="Max")
    page.wait_for_url("**person=**")
    assert "state=completed" in page.url
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("State")).to_have_value("completed")


def test_jobs_of_every_ending_have_a_page(page_at: PageAt, check_page: CheckPage, asked: Asked) -> None:
    max_ = asked.cast.max
    check_page(page_at(f"{JOBS}{asked.done.id}/", max_), "job-done")
    check_page(page_at(f"{JOBS}{asked.unknown.id}/", max_), "job-unknown")
    check_page(page_at(f"{JOBS}{asked.killed.id}/", max_), "job-killed")
    check_page(page_at(f"{JOBS}{asked.waiting.id}/", max_), "job-waiting")
    check_page(page_at(f"{JOBS}{asked.refused.id}/", asked.cast.ada), "job-tool-error")


def test_a_running_job_goes_on_without_a_reload(page_at: PageAt, check_page: CheckPage, asked: Asked) -> None:
    page = page_at(f"{JOBS}{asked.running.job_id}/", asked.cast.ada)
    bar = page.get_by_role("progressbar", name="Progress")
    expect(bar).to_have_attribute("value", "33")
    check_page(page, "job-running")
    page.evaluate("window.untouched = true")
    say(asked.running, 6, "sweep 6")
    expect(bar).to_have_attribute("value", "50")
    expect(page.get_by_text("6 of 12 · sweep 6")).to_be_visible()
    expect(page.get_by_role("list", name="Log").locator("li")).to_contain_text(["sweep 4:", "sweep 6:", ""])
    job_ask(claimed=asked.running, asked={"limit": LIMIT})
    expect(page.locator("#job-now")).to_contain_text("Waits for an answer: How small may the norm become?")
    check_page(page, "job-asks")
    answers = {"limit": {"action": "decline"}}
    job_answer_own(owner=owner_of(asked.cast.ada), job_id=asked.running.job_id, answers=answers)
    expect(page.locator("#job-now")).not_to_contain_text("Waits for an answer")
    job_finish(claimed=asked.running, ending=JobEnding.RETURNED, result=DECOMPOSED)
    expect(page.locator("#job-now")).to_contain_text("done")
    expect(page.get_by_text("singular_values")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    expect(page.get_by_role("button", name="Run again").first).to_be_visible()
    assert page.evaluate("window.untouched")


def test_the_list_moves_in_its_places(page_at: PageAt, asked: Asked) -> None:
    page = page_at(JOBS, asked.cast.ada)
    page.evaluate("scrollTo(0, 120); document.body.style.setProperty('min-height', '3000px'); scrollTo(0, 120)")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("waiting")
    ask(asked.cast.max, tool=QUICK)
    claimed = claim()
    assert claimed.job_id == asked.waiting.id
    expect(row).to_contain_text("running")
    expect(page.locator("[data-follow]")).to_have_text("1 new job")
    job_finish(claimed=claimed, ending=JobEnding.RETURNED, result=DECOMPOSED)
    expect(row).to_contain_text("done")
    page.locator("[data-follow]").click()
    expect(row).to_contain_text("waiting")


def test_a_job_is_cancelled_after_a_question(page_at: PageAt, check_page: CheckPage, asked: Asked) -> None:
    job = ask(asked.cast.max, tool=QUICK)
    page = page_at(f"{JOBS}{job.id}/", asked.cast.ada)
    page.get_by_role("button", name="Cancel").first.click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Max’s client gets no result")
    check_page(page, "job-cancel")
    dialog.get_by_role("button", name="Cancel job").click()
    expect(page.locator(".toast")).to_contain_text("Cancelled.")
    expect(page.locator("#job-now")).to_contain_text("the tool has not run")


def test_an_unknown_outcome_is_run_again_after_a_warning(page_at: PageAt, check_page: CheckPage, asked: Asked) -> None:
    page = page_at(f"{JOBS}{asked.unknown.id}/", asked.cast.max, phone=True)
    page.get_by_role("button", name="Run again").first.click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog).to_contain_text("Nobody knows whether this job had its effect")
    check_page(page, "job-again")
    dialog.get_by_role("button", name="Run again").click()
    expect(page.locator(".toast")).to_contain_text("this is the new job")
    page.get_by_role("link", name="an earlier job").click()
    expect(page.get_by_role("link", name="It was run again")).to_be_visible()


def test_without_a_script_a_job_can_be_seen(page_at: PageAt, asked: Asked) -> None:
    page = page_at(f"{JOBS}{asked.done.id}/", asked.cast.max, java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text(LONG)
    expect(page.get_by_role("link", name="Download")).to_be_visible()
