"""Permissions: role by tool, people, keys, and what comes of it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tenants.models import Server
from tenants.services.api_keys import api_key_create
from tenants.services.server_tool_choice import server_tools_add
from tenants.services.servers import server_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")

DESK = "/app/acme/servers/desk/permissions/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Server:
    """A server with tools of several kinds, on which nothing is granted yet but what owner and admin have."""
    cast = installation.cast
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    server = server_create(**who, slug="desk", name="Support desk", instructions="Look up customers, and answer them.")
    tools = [("text", "slugify"), ("text", "text_diff"), ("data", "json_query"), ("echo", "echo"), ("time", "time_now")]
    server_tools_add(**who, server=server, tools=tools)
    return server


def cell(page: Page, role: str, target: str) -> Locator:
    return page.get_by_role("button", name=f"{role}, {target}:")


def test_one_click_changes_a_cell_and_stays_there(
    page_at: PageAt, check_page: CheckPage, cast: Cast, desk: Server
) -> None:
    page = page_at(DESK, cast.ada)
    page.evaluate("window.stayed = true")
    expect(cell(page, "Caller", "slugify")).to_contain_text("–")
    cell(page, "Caller", "slugify").click()
    expect(cell(page, "Caller", "slugify")).to_contain_text("allowed")
    expect(cell(page, "Caller", "slugify")).to_be_focused()
    page.get_by_role("button", name="Allow read-only tools to callers").click()
    expect(cell(page, "Caller", "json_query")).to_contain_text("read-only")
    expect(page.get_by_role("button", name="Allow read-only tools to callers")).to_have_count(0)
    cell(page, "Caller", "time_now").click()
    expect(cell(page, "Caller", "time_now")).to_contain_text("denied")
    cell(page, "Developer", "every tool").click()
    expect(cell(page, "Developer", "echo")).to_contain_text("all tools")
    assert page.evaluate("window.stayed")
    check_page(page, "permissions")


def test_a_person_gets_an_exception_and_loses_it(
    page_at: PageAt, check_page: CheckPage, cast: Cast, desk: Server
) -> None:
    page = page_at(f"{DESK}people/", cast.ada)
    expect(page.get_by_text("No exceptions")).to_be_visible()
    page.get_by_label("Person").select_option(label="Max · caller")
    page.get_by_label("May they?").select_option("deny")
    page.get_by_label("What").select_option(label="slugify")
    page.get_by_role("button", name="Save exception").click()
    expect(page.get_by_role("row", name="Max")).to_contain_text("may not call")
    check_page(page, "permissions-people")
    page.get_by_role("link", name="Check").click()
    page.get_by_label("Person").select_option(label="Max · caller")
    expect(page.get_by_role("row", name="slugify")).to_contain_text("a grant denies it")
    check_page(page, "permissions-check")
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("button", name="Remove: Max, slugify").click()
    expect(page.get_by_text("No exceptions")).to_be_visible()


def test_a_key_is_given_less_than_its_person(page_at: PageAt, check_page: CheckPage, cast: Cast, desk: Server) -> None:
    for name in ("Nightly report", "Laptop"):
        api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name=name, scopes=["mcp:call"])
    page = page_at(f"{DESK}keys/", cast.ada)
    page.get_by_role("link", name="Nightly report").click()
    page.get_by_role("radio", name="These tools only").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose at least one tool.")).to_be_visible()
    page.get_by_role("checkbox", name="json_query").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row", name="Nightly report")).to_contain_text("1 chosen tool")
    check_page(page, "permissions-keys", expected=["422"])
    page.get_by_role("link", name="Nightly report").click()
    expect(page.get_by_role("row", name="slugify")).to_contain_text("not among the tools chosen")
    check_page(page, "permissions-key", expected=["422"])


def test_several_servers_are_a_list(page_at: PageAt, check_page: CheckPage, cast: Cast, desk: Server) -> None:
    check_page(page_at("/app/acme/permissions/", cast.ada), "permissions-servers")


def test_it_works_without_scripts(page_at: PageAt, cast: Cast, desk: Server) -> None:
    page = page_at(DESK, cast.ada, java_script_enabled=False)
    cell(page, "Developer", "every read-only tool").click()
    expect(cell(page, "Developer", "every read-only tool")).to_contain_text("allowed")
    cell(page, "Developer", "every read-only tool").click()
    expect(cell(page, "Developer", "every read-only tool")).to_contain_text("–")
