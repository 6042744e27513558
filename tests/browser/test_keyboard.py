"""Everything that can be done with a mouse can be done with the keyboard, and the focus comes back to where it was."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.examination import PageAt

COMPONENTS = "/app/-/components"


@pytest.fixture
def page(page_at: PageAt) -> Page:
    return page_at(COMPONENTS)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.tagName"))


def test_the_palette_finds_and_goes(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to or do")).to_be_focused()
    page.keyboard.type("server")
    expect(page.get_by_role("option", name="Servers")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="New server")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).to_be_hidden()
    assert urlsplit(page.url).fragment == "new-server"


def test_the_palette_says_when_it_finds_nothing(page: Page) -> None:
    page.keyboard.press("Meta+k")
    page.keyboard.type("submarine")
    expect(page.get_by_text("Nothing of that name.")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_dialog_takes_the_focus_and_gives_it_back(page: Page) -> None:
    opener = page.locator('.page-actions [data-dialog="sample-dialog"]')
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#dialog-name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="New server")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_dialog_closes_beside_it_but_not_when_a_selection_ends_there(page: Page) -> None:
    page.locator('.page-actions [data-dialog="sample-dialog"]').click()
    dialog = page.get_by_role("dialog", name="New server")
    inside = page.locator("#dialog-name").bounding_box()
    assert inside is not None
    page.mouse.move(inside["x"] + 20, inside["y"] + 10)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    expect(dialog).to_be_visible()
    page.mouse.click(5, 5)
    expect(dialog).to_be_hidden()


def test_a_dangerous_thing_is_confirmed_in_words(page: Page) -> None:
    page.get_by_role("button", name="Revoke key").first.click()
    dialog = page.get_by_role("alertdialog", name="Revoke the key “nightly”?")
    expect(dialog).to_contain_text("billing-agent stops working within five seconds")
    expect(dialog.locator("input[name=csrfmiddlewaretoken]")).to_have_count(1)
    dialog.get_by_role("button", name="Cancel").press("Enter")
    expect(dialog).to_be_hidden()


def test_a_menu_is_walked_with_the_arrows(page: Page) -> None:
    button = page.get_by_role("button", name="More", exact=True)
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(button).to_have_attribute("aria-expanded", "true")
    walked = [focused(page)]
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "End", "Home"):
        page.keyboard.press(key)
        walked.append(focused(page))
    assert walked == ["Rename", "ExportJSON", "Delete", "Rename", "Delete", "Rename"]
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()


def test_what_is_copied_leaves_the_prompt_out(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".code-copy").first.get_by_role("button").press("Enter")
    expect(page.locator(".code-copy").first.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0].startswith("claude mcp add --transport http support https://")
    page.locator("#copy-name").click()
    assert page.evaluate("navigator.clipboard.readText()") == "acme/support"


def test_a_row_opens_what_its_link_opens(page: Page) -> None:
    page.get_by_text("search_tickets").first.click()
    expect(page.get_by_role("heading", name="search_tickets")).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{COMPONENTS}")


def test_a_password_is_shown_on_request(page: Page) -> None:
    page.locator("#id_password").fill("correct horse")
    page.get_by_role("button", name="Show password").press("Enter")
    expect(page.locator("#id_password")).to_have_attribute("type", "text")
    expect(page.locator("#id_password")).to_be_focused()


def test_a_short_name_is_suggested_until_one_is_written(page: Page) -> None:
    name, slug = page.locator("#id_name"), page.locator("#id_slug")
    name.fill("Straße & Überblick")
    expect(slug).to_have_value("strasse-uberblick")
    slug.fill("own")
    name.fill("Something else")
    expect(slug).to_have_value("own")


def test_filters_send_themselves_and_leave_the_empty_ones_out(page: Page) -> None:
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    page.get_by_label("Outcome").select_option("denied")
    page.wait_for_url("**?outcome=denied")


def test_the_first_stop_leads_past_the_navigation(page_at: PageAt) -> None:
    page = page_at("/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to the content"
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_on_a_phone_the_navigation_unfolds(page_at: PageAt) -> None:
    page = page_at(COMPONENTS, phone=True)
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)
    page.get_by_role("button", name="Open the navigation").press("Enter")
    expect(page.get_by_role("navigation", name="Main, folded").get_by_role("link", name="Members")).to_be_visible()
