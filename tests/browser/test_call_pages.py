"""Calls in a browser: filters, a call beside the list, and new ones that come by themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tenants.publishing.live import CALLS as LIVE_CALLS
from tenants.publishing.live import live_announce
from tenants.services.api_keys import api_key_create
from tenants.services.calls import calls_record
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast
from tests.fixtures.oauth import connection_build
from tests.tenants.audit_events import event_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")
CALLS = "/app/acme/calls/"


@pytest.fixture(scope="module")
def recorded(installation: Installation) -> Cast:
    """A few calls of every kind, and many older ones."""
    cast, now = installation.cast, timezone.now()
    connection = connection_build(cast.max)
    key = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="nightly", scopes=["mcp:call"]).api_key
    by_key = {"client": str(key.family), "credential_id": str(key.pk), "credential_kind": "api_key"}
    by_token = {"client": connection.client_id, "credential_kind": "access_token", "client_name": "claude-code"}
    kinds = [
        (cast.max, {**by_token, "tool": "search_tickets", "duration_ms": 41, "arguments": '{"query":"refund"}'}),
        (cast.ada, {**by_key, "tool": "matrix_decomposition", "phase": "intent", "outcome": "pending"}),
        (cast.max, {**by_token, "tool": "refund_order", "outcome": "refused", "reason": "not_granted"}),
        (cast.max, {**by_token, "tool": "jira.create_issue", "outcome": "timeout", "duration_ms": 10_000}),
        (cast.ada, {**by_key, "tool": "customer_lookup", "duration_ms": 2, "outcome": "tool_error", "reason": "gone"}),
    ]
    who = {"credential_id": "11111111-2222-4333-8444-555555555555", "address": "203.0.113.9", "user_agent": "probe/3"}
    told = [
        event_of(person, time=now - timedelta(minutes=3 * number), **{**who, **kind})
        for number, (person, kind) in enumerate(kinds)
    ]
    told += [event_of(cast.ada, time=now - timedelta(hours=2, minutes=number), tool="slugify") for number in range(60)]
    calls_record(events=told)
    return cast


def come(cast: Cast, tool: str) -> None:
    """A call is recorded, and whoever looks is told, as the audit's drain does."""
    calls_record(events=[event_of(cast.max, tool=tool)])
    live_announce(name=LIVE_CALLS, tenants=[str(cast.acme.tenant.pk)])


def test_the_list_is_sound(page_at: PageAt, check_page: CheckPage, recorded: Cast) -> None:
    check_page(page_at("/app/globex/calls/", recorded.gus), "calls-empty")
    page = page_at(CALLS, recorded.ada)
    expect(page.get_by_text("denied · role caller")).to_be_visible()
    check_page(page, "calls")
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("link", name="Newer")).to_be_visible()
    check_page(page_at(f"{CALLS}?tool=nothing_like_it&when=between", recorded.max), "calls-none")


def test_filters_stay_in_the_url(page_at: PageAt, check_page: CheckPage, recorded: Cast) -> None:
    page = page_at(CALLS, recorded.ada)
    page.get_by_label("Outcome").select_option("refused")
    page.wait_for_url("**/calls/?outcome=refused")
    page.get_by_label("Person").select_option(label="Max")
    page.wait_for_url("**person=**")
    assert "outcome=refused" in page.url
    expect(page.locator("tbody tr")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Outcome")).to_have_value("refused")
    check_page(page, "calls-filtered")


def test_a_call_opens_beside_its_list(page_at: PageAt, check_page: CheckPage, recorded: Cast) -> None:
    page = page_at(f"{CALLS}?when=day", recorded.ada)
    page.get_by_role("cell", name="search_tickets").click()
    drawer = page.locator("[data-drawer]")
    expect(drawer.get_by_role("heading", name="search_tickets")).to_be_visible()
    expect(drawer.get_by_text('"query": "refund"')).to_be_visible()
    assert page.url.split("/calls/")[1].count("-") == 4
    check_page(page, "call-drawer")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    assert page.url.endswith("/calls/?when=day")


def test_a_call_has_a_page_of_its_own(page_at: PageAt, check_page: CheckPage, recorded: Cast) -> None:
    page = page_at(f"{CALLS}?outcome=refused", recorded.max)
    href = page.locator("tbody tr a").first.get_attribute("href")
    page = page_at(str(href), recorded.max)
    expect(page.get_by_role("heading", level=1)).to_have_text("refund_order")
    check_page(page, "call")


def test_new_calls_come_by_themselves_while_one_is_at_the_top(
    page_at: PageAt, recorded: Cast, installation: Installation
) -> None:
    page = page_at(f"{CALLS}?server=demo", recorded.ada)
    come(recorded, "just_come")
    expect(page.locator("tbody tr").first).to_contain_text("just_come")
    assert page.url.endswith("?server=demo")


def test_what_is_being_read_does_not_move(page_at: PageAt, recorded: Cast) -> None:
    page = page_at(CALLS, recorded.ada)
    page.evaluate("scrollTo(0, 400)")
    top = page.locator("tbody tr").nth(10).bounding_box()
    first = page.locator("tbody tr").first.inner_text()
    come(recorded, "came_later")
    news = page.locator("[data-follow]")
    expect(news).to_have_text("1 new call")
    assert page.locator("tbody tr").first.inner_text() == first
    after = page.locator("tbody tr").nth(10).bounding_box()
    assert top is not None
    assert after is not None
    assert abs(after["y"] - top["y"]) < 2
    news.click()
    expect(page.locator("tbody tr").first).to_contain_text("came_later")
