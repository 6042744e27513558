"""Servers: the list, a new one, one at a glance, its settings."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tenants.scope import tenant_scope
from tenants.selectors.servers import server_get
from tenants.services.calls import calls_record
from tenants.services.servers import server_create, server_delete, server_suspend
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast
from tests.tenants.audit_events import event_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


@pytest.fixture
def called(cast: Cast) -> None:
    """Some calls of every kind."""
    kinds: list[dict[str, Any]] = [
        {"tool": "slugify", "duration_ms": 3.2, "client_name": "Claude Code"},
        {
            "tool": "text_diff",
            "duration_ms": 41,
            "client_name": "Cursor",
            "outcome": "tool_error",
            "reason": "too_large",
        },
        {"tool": "text_statistics", "duration_ms": 1, "outcome": "refused", "reason": "not_granted"},
        {"tool": "slugify", "duration_ms": 10_000, "client_name": "Claude Code", "outcome": "timeout"},
    ]
    calls_record(events=[event_of(person, **kind) for kind in kinds for person in (cast.ada, cast.max)])


def test_the_list_shows_each_server_with_its_url(
    page_at: PageAt, check_page: CheckPage, cast: Cast, called: None
) -> None:
    other = server_create(
        tenant=cast.acme.tenant, actor=cast.ada.actor, slug="support", name="Support desk", toolkits=["data", "time"]
    )
    server_suspend(tenant=cast.acme.tenant, actor=cast.ada.actor, server=other)
    page = page_at("/app/acme/servers/", cast.ada)
    expect(page.get_by_role("row").filter(has_text="Support desk")).to_contain_text("suspended")
    expect(page.get_by_role("row").filter(has_text="Demo")).to_contain_text("/mcp/acme/demo")
    check_page(page, "servers")
    page.get_by_role("cell", name="serving").first.click()
    expect(page).to_have_url(f"{page.url.split('/servers/')[0]}/servers/demo/")
    server_delete(tenant=cast.acme.tenant, actor=cast.ada.actor, server=other)


def test_a_server_is_made_from_a_toolkit(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at("/app/acme/servers/new", cast.ada)
    page.get_by_label("Name", exact=True).fill("Billing desk")
    expect(page.get_by_label("Name in the URL")).to_have_value("billing-desk")
    page.get_by_role("checkbox", name="Text").check()
    check_page(page, "server-new")
    page.get_by_role("button", name="Make server").click()
    expect(page.get_by_role("heading", name="Billing desk")).to_be_visible()
    expect(page.get_by_text("Made Billing desk.")).to_be_visible()
    check_page(page, "server-fresh")


def test_a_taken_name_comes_back_to_its_field(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at("/app/acme/servers/new", cast.ada)
    page.get_by_label("Name", exact=True).fill("Another demo")
    page.get_by_label("Name in the URL").fill("demo")
    page.get_by_role("button", name="Make server").click()
    expect(page.get_by_text("Another server has this name in its URL.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Another demo")
    check_page(page, "server-new-refused", expected=["422"])


def test_a_server_at_a_glance(page_at: PageAt, check_page: CheckPage, cast: Cast, called: None) -> None:
    page = page_at("/app/acme/servers/demo/", cast.ada)
    expect(page.get_by_text("every tool").first).to_be_visible()
    check_page(page, "server")
    mine = page_at("/app/acme/servers/demo/", cast.max)
    expect(mine.get_by_text("Tools you may call").first).to_be_visible()
    expect(mine.get_by_role("link", name="Settings").and_(mine.locator(".tabs a"))).to_have_count(0)
    check_page(mine, "server-of-a-caller")


def test_settings_say_what_will_stop_working(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    made = server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug="brief", name="Brief")
    page = page_at("/app/acme/servers/brief/settings/", cast.ada)
    check_page(page, "server-settings")
    page.get_by_role("button", name="Suspend server").first.click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Within seconds it answers nobody")
    check_page(page, "server-suspend")
    page.get_by_role("alertdialog").get_by_role("button", name="Suspend server").click()
    expect(page.get_by_text("Brief is suspended.").first).to_be_visible()
    page.get_by_role("button", name="Resume server").click()
    expect(page.get_by_text("Brief serves again.")).to_be_visible()

    page.get_by_label("Type brief to delete it").fill("demo")
    page.get_by_role("button", name="Delete server").click()
    expect(page.get_by_text("This is not its name: type brief.")).to_be_visible()
    page.get_by_label("Type brief to delete it").fill(made.slug)
    page.get_by_role("button", name="Delete server").click()
    expect(page.get_by_text("Deleted Brief.")).to_be_visible()
    with tenant_scope(cast.acme.tenant):
        assert server_get(slug="demo").pk == cast.acme.server.pk
