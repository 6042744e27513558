"""Tools of a server: the list with its switches, choosing from toolkits, one tool."""

import pytest
from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")

TOOLS = "/app/acme/servers/demo/tools/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


def test_a_switch_turns_a_tool_off_without_reloading(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(TOOLS, cast.ada)
    switch = page.get_by_role("switch", name="slugify is on")
    page.evaluate("window.stayed = true")
    switch.uncheck()
    expect(page.get_by_text("slugify is off: nobody sees or calls it.")).to_be_visible()
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()
    check_page(page, "tools")
    switch.check()
    expect(page.get_by_text("slugify is on.")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_several_tools_are_added_at_once(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(TOOLS, cast.ada)
    page.get_by_role("link", name="Add tools").click()
    expect(page.get_by_role("checkbox", name="slugify")).to_be_disabled()
    page.get_by_role("button", name="Add tools").click()
    expect(page.get_by_text("Choose at least one tool.")).to_be_visible()
    page.get_by_role("checkbox", name="json_query").check()
    page.get_by_role("checkbox", name="time_now").check()
    check_page(page, "tools-add", expected=["422"])
    page.get_by_role("button", name="Add tools").click()
    expect(page.get_by_text("Added 2 tools.")).to_be_visible()
    expect(page.get_by_role("row", name="json_query")).to_be_visible()


def test_one_tool_shows_what_it_takes_and_can_be_described_anew(
    page_at: PageAt, check_page: CheckPage, cast: Cast
) -> None:
    page = page_at(f"{TOOLS}text_diff/", cast.ada)
    expect(page.get_by_role("table", name="Arguments")).to_contain_text("The old text.")
    check_page(page, "tool")
    page.get_by_label("Description").fill("Compare two versions of a contract.")
    page.get_by_label("Calls a second").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Say how many at once, too, or leave both empty.")).to_be_visible()
    page.get_by_label("In one go").fill("10")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved text_diff.")).to_be_visible()
    expect(page.locator(".lead")).to_have_text("Compare two versions of a contract.")
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_role("alertdialog")).to_contain_text("Within seconds nobody sees or calls it")
    page.get_by_role("button", name="Cancel").click()


def test_it_works_without_scripts(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{TOOLS}slugify/", cast.ada, java_script_enabled=False)
    page.get_by_role("button", name="Switch off").click(timeout=3000)
    expect(page.get_by_text("slugify is off.", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
