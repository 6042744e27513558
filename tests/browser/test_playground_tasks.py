"""Playground: calls that become tasks, on a real worker, in both of their forms."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.browser.playground import OLDER, PAGE, bench_create, came, field, send, wire
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store", "housekeeping")
MODERN = "2026-07-28"
SOON = 60_000
"""Milliseconds. A runner loads its toolkits first, on a machine that does other things as well."""


@pytest.fixture
def cast(installation: Installation, no_foreign_store: None) -> Cast:
    bench_create(installation.cast)
    return installation.cast


def begun(page_at: PageAt, cast: Cast, *, revision: str, seconds: str) -> Page:
    """The page, with a task."""
    page = page_at(f"{PAGE}slow_compute/?revision={revision}", cast.ada)
    field(page, "seconds").fill(seconds)
    page.get_by_label("Run as a task").check()
    send(page)
    expect(page.locator("#task")).to_be_visible()
    return page


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_task_is_followed_to_its_end(page_at: PageAt, check_page: CheckPage, cast: Cast, revision: str) -> None:
    page = begun(page_at, cast, revision=revision, seconds="1")
    expect(page.locator("#task .tag")).to_have_text("completed", timeout=SOON)
    expect(page.locator("#result")).to_contain_text("Computed something for 1 s")
    came(page, "done")
    check_page(page, "playground-task")
    expect(wire(page)).to_contain_text("tasks/result" if revision == OLDER else "subscriptions/listen")


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_task_is_cancelled(page_at: PageAt, cast: Cast, revision: str) -> None:
    page = begun(page_at, cast, revision=revision, seconds="100")
    expect(page.locator("#task .tag")).to_have_text("working")
    page.locator("#call").get_by_role("button", name="Cancel").click()
    expect(page.locator("#task .tag")).to_have_text("cancelled", timeout=SOON)
    came(page, "cancelled")
    expect(page.locator("#result")).to_contain_text("The task was cancelled.")
    page.get_by_role("link", name="Open its job").click()
    expect(page.locator("#job-now .tag").first).to_contain_text("cancelled")


@pytest.mark.parametrize("revision", [MODERN, OLDER])
def test_a_task_asks_and_goes_on(page_at: PageAt, check_page: CheckPage, cast: Cast, revision: str) -> None:
    page = page_at(f"{PAGE}confirm_delete/?revision={revision}", cast.ada)
    field(page, "filename").fill("old.txt")
    page.get_by_label("Run as a task").check()
    send(page)
    expect(page.locator("#task .tag")).to_have_text("waiting for you", timeout=SOON)
    question = page.locator("#questions .playground-question")
    expect(question).to_contain_text("Delete old.txt?")
    question.get_by_label("confirm").select_option("yes")
    check_page(page, "playground-task-question")
    question.get_by_role("button", name="Submit").click()
    expect(page.locator("#result")).to_contain_text("old.txt was deleted", timeout=SOON)
    expect(page.locator("#task .tag")).to_have_text("completed")
    expect(question).to_have_count(0)


def test_a_task_that_must_be_one_says_so_where_it_may_not(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}failing_job/?revision={OLDER}", cast.ada)
    expect(page.get_by_label("Run as a task")).to_be_checked()
    page.get_by_label("Run as a task").uncheck()
    send(page)
    came(page, "task_required")
    page.get_by_role("link", name="greet").click()
    expect(page.get_by_label("Run as a task")).to_be_hidden()
