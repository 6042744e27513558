"""A real job on a real worker, looked at in a browser from its asking to its end; and one that is cancelled."""

import pytest
from playwright.sync_api import Page, expect

from tenants.services.server_tools import server_tool_add
from tests.browser.examination import PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast
from tests.tenants.jobs import ask

pytestmark = pytest.mark.usefixtures("no_foreign_store", "housekeeping")
JOBS = "/app/acme/jobs/"
LONG = "matrix_decomposition"
SOON = 20_000
"""Milliseconds. A runner loads its toolkits first, on a machine that does other things as well."""


@pytest.fixture(scope="module")
def cast(installation: Installation) -> Cast:
    cast = installation.cast
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": cast.acme.server}
    server_tool_add(**who, toolkit="compute", tool=LONG)
    return cast


def asked(page_at: PageAt, cast: Cast, size: int) -> Page:
    """The page of a new job."""
    arguments = {"size": size, "seed": 1}
    job = ask(cast.ada, tool=LONG, arguments=arguments, timeout_seconds=600.0)
    page = page_at(f"{JOBS}{job.id}/", cast.ada)
    page.evaluate("window.untouched = true")
    return page


def test_a_job_is_seen_to_its_end_without_a_reload(page_at: PageAt, cast: Cast) -> None:
    page = asked(page_at, cast, size=300)
    stands = page.locator("#job-now .tag").first
    expect(stands).to_have_text("done", timeout=3 * SOON)
    expect(page.get_by_text("singular_values")).to_be_visible()
    assert page.evaluate("window.untouched")


def test_progress_rises_before_ones_eyes_and_a_press_ends_it(page_at: PageAt, cast: Cast) -> None:
    page = asked(page_at, cast, size=1000)
    said = page.locator("#job-now .figures").last
    expect(said).to_contain_text("sweep", timeout=3 * SOON)
    first = said.inner_text()
    expect(said).not_to_have_text(first, timeout=3 * SOON)
    page.get_by_role("button", name="Cancel").first.click()
    page.get_by_role("button", name="Cancel job").click()
    expect(page.locator("#job-now .tag").first).to_have_text("cancelled · stopped", timeout=SOON)
