"""The pages that need no sign-in, those of errors, and the operator's: sound, and within the policy."""

import pytest
from django.contrib.auth.models import AbstractUser
from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt, Watched, settled
from tests.browser.installation import Installation
from tests.fixtures.cast import Person


@pytest.mark.parametrize(("path", "name"), [("/", "landing"), ("/api/docs", "api-docs")])
def test_a_public_page_is_sound(page_at: PageAt, check_page: CheckPage, path: str, name: str) -> None:
    check_page(page_at(path), name)


def test_what_is_not_there_says_so(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at("/nothing/here")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    check_page(page, "not-found", expected=["status of 404"])


def test_a_form_without_its_token_says_what_to_do(page_at: PageAt, check_page: CheckPage) -> None:
    page = page_at("/operator/login/")
    page.context.clear_cookies()
    page.locator("[name=username]").fill("olga@operator.test")
    page.locator("[name=password]").fill("irrelevant")
    page.locator("[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send it once more")
    check_page(page, "csrf-failed", expected=["status of 403"])


@pytest.fixture
def olga(installation: Installation) -> Person:
    """The operator."""
    user: AbstractUser = type(installation.cast.ada.user).objects.create_superuser(
        email="olga@operator.test", password="correct horse battery"
    )
    return Person(user, installation.cast.acme, "")  # type: ignore[arg-type]


def test_the_operators_pages_keep_to_the_policy(page_at: PageAt, watched: Watched, olga: Person) -> None:
    page = page_at("/operator/", olga)
    assert page.locator("#user-tools").is_visible()
    links = page.locator("#content-main a.addlink, #content-main th a").evaluate_all("links => links.map(a => a.href)")
    assert links
    for link in links:
        page.goto(link)
        settled(page)
    assert watched.complaints == []
