"""Playground: resources, templates and prompts are read and got as tools are called."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.browser.playground import OLDER, PAGE, bench_create, came, field, send, wire
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")


@pytest.fixture
def cast(installation: Installation, no_foreign_store: None) -> Cast:
    bench_create(installation.cast)
    return installation.cast


def test_a_resource_is_read(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(PAGE, cast.ada)
    page.get_by_role("button", name="Resources").click()
    page.get_by_role("link", name="test://static-text").click()
    expect(page.locator("#call")).to_contain_text("There is nothing to fill in.")
    send(page, "Read")
    expect(page.locator("#result")).to_contain_text("This is the content of the static text resource.")
    check_page(page, "playground-resource")
    page.get_by_role("link", name="test://static-binary").click()
    send(page, "Read")
    expect(page.get_by_alt_text("An image that the server gave")).to_be_visible()
    page.reload()
    expect(page.locator("#tool-head")).to_contain_text("test://static-binary")


@pytest.mark.parametrize("revision", ["2026-07-28", OLDER])
def test_a_template_is_filled_in_with_suggestions(
    page_at: PageAt, check_page: CheckPage, cast: Cast, revision: str
) -> None:
    page = page_at(f"{PAGE}?template=test://template/%7Bid%7D/data&revision={revision}", cast.ada)
    variable = field(page, "id")
    variable.press("ArrowDown")
    suggestions = page.get_by_role("listbox", name="Suggestions")
    expect(suggestions.get_by_role("option")).to_have_text(["123", "456"])
    check_page(page, "playground-suggestions")
    variable.press_sequentially("4")
    expect(suggestions.get_by_role("option")).to_have_text(["456"])
    variable.press("ArrowDown")
    expect(suggestions.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    variable.press("Enter")
    expect(variable).to_have_value("456")
    expect(suggestions).to_be_hidden()
    send(page, "Read")
    expect(page.locator("#result")).to_contain_text("Data for ID: 456")
    expect(wire(page)).to_contain_text("test://template/456/data")


def test_a_prompt_is_got_with_its_arguments(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(f"{PAGE}?prompt=test_prompt_with_arguments", cast.ada)
    field(page, "arg1").press_sequentially("par")
    page.get_by_role("option", name="paris").click()
    field(page, "arg2").fill("more")
    check_page(page, "playground-prompt")
    send(page, "Get")
    expect(page.locator("#result")).to_contain_text("arg1='paris', arg2='more'")
    page.get_by_role("link", name="test_prompt_with_embedded_resource").click()
    field(page, "resourceUri").fill("test://embedded")
    send(page, "Get")
    expect(page.locator("#result")).to_contain_text("Embedded resource content for testing.")
    check_page(page, "playground-prompt-result")


def test_a_resource_in_no_list_is_asked_for_all_the_same(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}?resource=test://template/7/data", cast.ada)
    send(page, "Read")
    expect(page.locator("#result")).to_contain_text("Data for ID: 7")
    page.goto(f"{PAGE}?resource=test://nothing")
    send(page, "Read")
    came(page, "resource_not_found")


def test_every_kind_of_content_is_shown(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(f"{PAGE}test_audio_content/", cast.ada)
    send(page)
    expect(page.locator("#result audio")).to_be_visible()
    page.get_by_role("link", name="test_multiple_content_types").click()
    send(page)
    expect(page.get_by_alt_text("An image that the server gave")).to_be_visible()
    check_page(page, "playground-content")


EXPANDED = """async ([template, values]) => {
  const { expanded, variablesOf } = await import("/static/control_plane/js/playground/uri_template.js");
  return [variablesOf(template), expanded(template, values)];
}"""


def test_what_is_put_into_a_template_stays_one_value(page_at: PageAt, cast: Cast) -> None:
    page = page_at(PAGE, cast.ada)
    found: Any = page.evaluate(EXPANDED, ["a://{x}/{y}", {"x": "a/b?c", "y": "ö'"}])
    assert found == [["x", "y"], "a://a%2Fb%3Fc/%C3%B6%27"]


@pytest.mark.parametrize(("path", "name"), [("resources", "test://template/{id}/data"), ("prompts", "greeting")])
def test_the_pages_of_a_server_lead_here(page_at: PageAt, cast: Cast, path: str, name: str) -> None:
    page = page_at(f"/app/acme/servers/bench/{path}/", cast.ada)
    row = page.get_by_role("table").get_by_role("row").nth(1)
    shown = (
        row.get_by_role("code").first.inner_text() if path == "prompts" else row.locator("td code").last.inner_text()
    )
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="Try it").click()
    expect(page.locator("#tool-head")).to_contain_text(shown)
