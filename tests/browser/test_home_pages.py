"""Home: empty, on the way to the first call, and with calls; what changes does so by itself."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenants.abilities import Role
from tenants.publishing.live import live_announce
from tenants.services.calls import calls_record
from tenants.services.tenants import tenant_create
from tenants.services.users import user_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast, Company, Person
from tests.tenants.audit_events import event_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


def called(person: Person, **values: Any) -> None:
    """As when the audit is drained."""
    calls_record(events=[event_of(person, **values)])
    live_announce(name="calls", tenants=[str(person.company.tenant.pk)])


def number(page: Page, label: str) -> Any:
    return page.locator(".stat").filter(has=page.get_by_text(label, exact=True)).locator("b")


def test_without_a_server_there_is_one_thing_to_do(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    user = user_create(email="new@initech.test", name="Peter")
    initech = tenant_create(owner=user, slug="initech", name="Initech")
    page = page_at("/app/initech/", Person(user, Company(initech, cast.acme.server), Role.OWNER.value))
    expect(page.get_by_text("Make your first server")).to_be_visible()
    check_page(page, "home-empty")


def test_the_checklist_turns_green_by_itself_and_is_gone_the_next_time(
    page_at: PageAt, check_page: CheckPage, cast: Cast
) -> None:
    page = page_at("/app/globex/", cast.gus)
    expect(page.get_by_text("Waiting for your first connection…")).to_be_visible()
    check_page(page, "home-waiting")
    called(cast.gus, outcome="refused", reason="not_granted", tool="slugify", client_name="Claude Code")
    expect(page.get_by_text("Client connected")).to_be_visible()
    expect(page.get_by_text("Call a tool")).to_be_visible()
    called(cast.gus, tool="slugify", duration_ms=3, client_name="Claude Code")
    expect(page.locator(".step-done")).to_have_count(4)
    expect(number(page, "Calls")).to_have_text("2")
    check_page(page, "home-first-call")
    page.reload()
    expect(page.locator(".step")).to_have_count(0)


def test_the_last_day_in_numbers(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at("/app/acme/", cast.ada)
    page.get_by_role("button", name="Hide").click()
    expect(page.locator(".step")).to_have_count(0)
    for kind in (
        {"tool": "slugify", "duration_ms": 3.2, "client_name": "Claude Code"},
        {
            "tool": "text_diff",
            "duration_ms": 41,
            "client_name": "Cursor",
            "outcome": "tool_error",
            "reason": "too_large",
        },
        {
            "tool": "text_statistics",
            "duration_ms": 1,
            "client_name": "Cursor",
            "outcome": "refused",
            "reason": "not_granted",
        },
        {"tool": "slugify", "duration_ms": 10_000, "client_name": "Claude Code", "outcome": "timeout"},
    ):
        for person in (cast.ada, cast.max):
            called(person, **kind)
    expect(number(page, "Calls")).to_have_text("8")
    expect(number(page, "Left today")).to_have_text("50,000")
    check_page(page, "home")
    mine = page_at("/app/acme/", cast.max)
    expect(number(mine, "Calls")).to_have_text("4")
    check_page(mine, "home-of-a-caller")
