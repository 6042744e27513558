"""The operator's pages in a browser."""

from time import time

import pytest
from playwright.sync_api import expect

from control_plane.health.workers import Worker, worker_says
from tenants.actor import PLATFORM
from tenants.services.calls import calls_record
from tenants.services.tenants import tenant_limits_set
from tenants.services.users import user_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Person
from tests.tenants.audit_events import event_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")
OVERVIEW = "/operator/overview/"


@pytest.fixture(scope="module")
def olga(installation: Installation) -> Person:
    user = user_create(email="olga@operator.test", name="Olga", is_staff=True)
    return Person(user, installation.cast.acme, "operator")


def test_tenants_are_found_and_suspended(
    page_at: PageAt, check_page: CheckPage, installation: Installation, olga: Person
) -> None:
    cast = installation.cast
    calls_record(events=[event_of(cast.max, outcome="refused", reason="not_granted", tool="post") for _ in range(3)])
    tenant_limits_set(tenant=cast.acme.tenant, actor=PLATFORM, overrides={"members": 40})
    page = page_at(OVERVIEW, olga)
    check_page(page, "operator-tenants")
    page.get_by_role("link", name="Acme").click()
    check_page(page, "operator-tenant")
    page.get_by_role("button", name="Suspend").first.click()
    check_page(page, "operator-suspend")
    page.get_by_role("alertdialog").get_by_role("button", name="Suspend").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("suspended")
    check_page(page_at("/app/acme/keys/", cast.ada), "keys-suspended")
    page.get_by_role("button", name="Resume").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Resume").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("active")


def test_a_plan_is_changed(page_at: PageAt, check_page: CheckPage, olga: Person) -> None:
    page = page_at(f"{OVERVIEW}globex/", olga)
    page.get_by_role("spinbutton", name="Members").fill("0")
    page.get_by_role("button", name="Save plan").click()
    expect(page.get_by_text("at least 1")).to_be_visible()
    page.get_by_role("spinbutton", name="Members").fill("30")
    page.get_by_role("button", name="Save plan").click()
    expect(page.locator(".toast")).to_contain_text("Saved")


def test_health_is_told_by_part(page_at: PageAt, check_page: CheckPage, olga: Person) -> None:
    now = time()
    worker_says(Worker(name="tools@one", queues=["tools"], processes=4, busy=3, started_at=now - 60, seen_at=now))
    page = page_at("/operator/health/", olga)
    expect(page.get_by_role("row").filter(has_text="0 jobs run")).to_contain_text("in time")
    expect(page.get_by_role("row").filter(has_text="tools@one")).to_contain_text("3 of 4")
    expect(page.get_by_role("row").filter(has_text="Database")).to_contain_text("up")
    expect(page.get_by_role("row").filter(has_text="Runtimes")).to_contain_text("1 replica hears of changes")
    check_page(page, "operator-health")
