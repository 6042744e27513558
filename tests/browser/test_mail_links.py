"""Where links of mails lead when they are good no more, or have done what they were for."""

from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation


def test_a_link_that_confirms_nothing_says_what_to_do(
    page_at: PageAt, check_page: CheckPage, installation: Installation
) -> None:
    page = page_at("/accounts/confirm-email/made-up/", installation.cast.ada)
    check_page(page, "confirm-gone", expected=["status of 404"])
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_whoever_has_set_a_password_signs_in_with_it(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at("/accounts/password/reset/key/done/")
    check_page(page, "reset-done")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
