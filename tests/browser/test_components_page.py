"""Every component in every state: in light, in dark, on a phone."""

from tests.browser.examination import CheckPage, PageAt

COMPONENTS = "/app/-/components"


def test_every_component_is_sound(page_at: PageAt, check_page: CheckPage) -> None:
    check_page(page_at(COMPONENTS), "components")


def test_an_open_dialog_is_sound(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at(COMPONENTS)
    page.get_by_role("button", name="New server").first.click()
    check_page(page, "components-dialog")


def test_an_open_drawer_is_sound(page_at: PageAt, check_page: CheckPage) -> None:
    check_page(page_at(f"{COMPONENTS}?drawer=1"), "components-drawer")


def test_messages_are_sound(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at(f"{COMPONENTS}?toast")
    page.get_by_text("Saved. This goes by itself.").wait_for()
    check_page(page, "components-toasts")


def test_the_open_palette_is_sound(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at(COMPONENTS)
    page.keyboard.press("Control+k")
    check_page(page, "components-palette")


def test_a_page_is_whole_without_scripts(page_at: PageAt) -> None:
    page = page_at(COMPONENTS, java_script_enabled=False)
    assert page.get_by_role("heading", level=1).inner_text() == "Components"
    assert page.get_by_role("button", name="Apply").is_visible()
