"""A change that comes while the one before is being fetched is fetched next, until there is nothing more to come."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.utils import timezone
from playwright.sync_api import APIResponse, Page, Route, expect

from mcp_runtime.contract.jobs import JobEnding
from tenants.services.job_claiming import ClaimedJob
from tenants.services.job_endings import job_finish
from tenants.services.job_leases import JobLineText, JobProgress, job_renew
from tests.browser.examination import PageAt
from tests.browser.installation import Installation
from tests.tenants.jobs import ask, claim

pytestmark = pytest.mark.usefixtures("no_foreign_store")
TELL = "document.body.dispatchEvent(new CustomEvent('live:jobs'))"


@dataclass
class Slow:
    """Answers of the server that are on their way for as long as the test wants."""

    page: Page
    asked: int = 0
    waiting: list[tuple[Route, APIResponse]] = field(default_factory=list)

    def hold(self, route: Route) -> None:
        self.asked += 1
        self.waiting.append((route, route.fetch()))

    def arrive(self) -> None:
        while self.waiting:
            route, answer = self.waiting.pop(0)
            route.fulfill(response=answer)

    def until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(200):
            if is_so():
                return
            self.page.wait_for_timeout(50)
        pytest.fail("It did not come to that.")


@pytest.fixture
def running(installation: Installation) -> ClaimedJob:
    ask(installation.cast.ada, tool="slugify")
    return claim()


def say(claimed: ClaimedJob, number: int) -> None:
    line = JobLineText(timezone.now(), "info", f"line {number}")
    job_renew(claimed=claimed, progress=JobProgress(number, 12, f"sweep {number}"), lines=[line])


def test_a_change_that_comes_meanwhile_is_seen_and_at_the_end_nothing_asks(
    page_at: PageAt, installation: Installation, running: ClaimedJob
) -> None:
    page = page_at("/", installation.cast.ada)
    slow = Slow(page)
    page.route("**/app/acme/live", lambda _: None)  # the test tells when
    page.route("**/now", slow.hold)
    page.route("**/log?*", slow.hold)
    page.goto(f"/app/acme/jobs/{running.job_id}/")
    state, lines = page.locator("#job-now"), page.get_by_role("list", name="Log").locator("li:visible")
    expect(lines).to_have_text(["Nothing was said yet."])

    say(running, 1)
    page.evaluate(TELL)
    slow.until(lambda: len(slow.waiting) == 2)
    say(running, 2)
    page.evaluate(TELL)
    slow.arrive()
    slow.until(lambda: len(slow.waiting) == 2)
    expect(state).to_contain_text("sweep 1")
    expect(lines).to_contain_text(["line 1"])
    slow.arrive()
    expect(state).to_contain_text("sweep 2")
    expect(lines).to_contain_text(["line 1", "line 2"])

    job_finish(claimed=running, ending=JobEnding.RETURNED)
    page.evaluate(TELL)
    slow.until(lambda: len(slow.waiting) == 2)
    slow.arrive()
    expect(page.locator("[hx-trigger*='live:']")).to_have_count(0)
    expect(lines).to_have_count(2)
    page.evaluate(TELL)
    expect(state).not_to_contain_text("running")
    assert slow.asked == 6
