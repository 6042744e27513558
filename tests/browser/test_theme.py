"""Light, dark or as the machine says: chosen once, kept in a cookie, rendered by the server."""

import pytest
from playwright.sync_api import Page

from tests.browser.examination import PageAt

COMPONENTS = "/app/-/components"
LIGHT, DARK = "rgb(250, 250, 249)", "rgb(19, 20, 18)"


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def choose(page: Page, theme: str) -> None:
    page.get_by_role("button", name="You: ada@acme.example").click()
    page.get_by_role("button", name=theme.title(), exact=True).click()


@pytest.mark.parametrize(("machine", "shown"), [("light", LIGHT), ("dark", DARK)])
def test_without_a_choice_it_is_the_machines(page_at: PageAt, machine: str, shown: str) -> None:
    assert background(page_at(COMPONENTS, color_scheme=machine)) == shown


@pytest.mark.parametrize(("machine", "choice", "shown"), [("light", "dark", DARK), ("dark", "light", LIGHT)])
def test_a_choice_holds_on_every_page(page_at: PageAt, machine: str, choice: str, shown: str) -> None:
    page = page_at(COMPONENTS, color_scheme=machine)
    choose(page, choice)
    assert background(page) == shown
    page.goto("/")
    assert background(page) == shown
    served = page.request.get("/").text()
    assert f'<html lang="en" data-theme="{choice}">' in served


def test_auto_takes_the_choice_back(page_at: PageAt) -> None:
    page = page_at(COMPONENTS, color_scheme="light")
    choose(page, "dark")
    page.reload()
    choose(page, "auto")
    assert background(page) == LIGHT
    page.reload()
    assert background(page) == LIGHT


def test_a_made_up_theme_is_no_theme(page_at: PageAt) -> None:
    page = page_at("/")
    answer = page.request.get("/", headers={"Cookie": 'theme="><script>'})
    assert '<html lang="en">' in answer.text()
