"""Settings in a browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.http_tools import tool_made

pytestmark = pytest.mark.usefixtures("no_foreign_store")
SETTINGS = "/app/acme/settings/"


def test_owners_set_and_others_read(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    cast = installation.cast
    page = page_at(SETTINGS, cast.ada)
    page.get_by_label("Name").fill("Acme Ltd")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    expect(page.get_by_label("Name")).to_have_value("Acme Ltd")
    check_page(page, "settings")
    page.get_by_label("Name").fill("Acme")
    page.get_by_role("button", name="Save").click()
    check_page(page_at(SETTINGS, cast.max), "settings-read")


def test_what_the_lists_of_hosts_cut_off_is_shown_first(
    page_at: PageAt, check_page: CheckPage, installation: Installation
) -> None:
    cast = installation.cast
    tool_made(cast.ada, name="cut_off")
    page = page_at(f"{SETTINGS}way-out", cast.ada)
    page.get_by_label("Hosts").fill("elsewhere.example.net")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("These lists cut something off")).to_be_visible()
    check_page(page, "settings-way-out", expected=["422"])
    page.get_by_label("Hosts").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Saved")
    check_page(page_at(f"{SETTINGS}way-out", cast.max), "settings-way-out-read", expected=["422"])


def test_ones_own_account(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    person = installation.cast.gus
    person.user.set_password("correct horse battery")
    person.user.save()
    page = page_at("/app/globex/settings/you", person)
    check_page(page, "settings-you")
    page.get_by_role("main").get_by_role("button", name="Leave").first.click()
    check_page(page, "settings-leave")
    page.keyboard.press("Escape")
    page.get_by_label("Your password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text("This is not your password.")).to_be_visible()
