"""Resources and prompts of a server: the lists with their switches, choosing from toolkits, one of each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tenants.catalogue import tool_catalogue
from tenants.models import Server
from tenants.services.servers import server_create, server_delete
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")

SERVER = "/app/acme/servers/library/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


@pytest.fixture
def toolkit(cast: Cast) -> str:
    """One that brings resources, templates and prompts."""
    catalogue = tool_catalogue()
    kinds = (catalogue.resources(), catalogue.templates(), catalogue.prompts())
    return min(set.intersection(*({definition.toolkit for definition in kind} for kind in kinds)))


@pytest.fixture
def library(cast: Cast, toolkit: str, no_foreign_store: None) -> Iterator[Server]:
    """A server with all that is in it."""
    who = {"tenant": cast.acme.tenant, "actor": cast.ada.actor}
    made = server_create(**who, slug="library", name="Library", toolkits=[toolkit])
    yield made
    server_delete(**who, server=made)


def test_a_switch_turns_a_resource_off_without_reloading(
    page_at: PageAt, check_page: CheckPage, cast: Cast, library: Server
) -> None:
    resource = tool_catalogue().resources()[0]
    page = page_at(f"{SERVER}resources/", cast.ada)
    expect(page.get_by_role("table", name="Resources")).to_contain_text(tool_catalogue().templates()[0].uri_template)
    page.evaluate("window.stayed = true")
    switch = page.get_by_role("switch", name=f"{resource.name} is on", exact=True)
    switch.uncheck()
    expect(page.get_by_text(f"{resource.name} is off: nobody sees or reads it.")).to_be_visible()
    expect(switch).not_to_be_checked()
    expect(switch).to_be_focused()
    check_page(page, "resources")
    switch.check()
    expect(page.get_by_text(f"{resource.name} is on.")).to_be_visible()
    assert page.evaluate("window.stayed")


def test_one_resource_is_described_anew_and_removed(
    page_at: PageAt, check_page: CheckPage, cast: Cast, library: Server
) -> None:
    resource = tool_catalogue().resources()[0]
    page = page_at(f"{SERVER}resources/", cast.ada)
    page.get_by_role("link", name=resource.name, exact=True).click()
    check_page(page, "resource")
    page.get_by_label("Name").fill("Handbook")
    page.get_by_label("Title").fill("The handbook")
    page.get_by_label("Description").fill("How we do things here.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved Handbook.")).to_be_visible()
    expect(page.get_by_role("heading", name="The handbook")).to_be_visible()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_role("alertdialog")).to_contain_text("no client of this server sees or reads it")
    page.get_by_role("alertdialog").get_by_role("button", name="Remove resource").click()
    expect(page.get_by_text("Removed Handbook.")).to_be_visible()


def test_prompts_are_listed_with_what_they_take(
    page_at: PageAt, check_page: CheckPage, cast: Cast, library: Server
) -> None:
    prompt = next(each for each in tool_catalogue().prompts() if each.arguments)
    page = page_at(f"{SERVER}prompts/", cast.ada)
    expect(page.get_by_role("row").filter(has_text=prompt.arguments[0].name).first).to_be_visible()
    check_page(page, "prompts")
    page.get_by_role("link", name=prompt.name, exact=True).click()
    expect(page.get_by_role("table", name="Arguments")).to_contain_text(prompt.arguments[0].name)
    check_page(page, "prompt")
    page.get_by_label("Name").fill("two words")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Use 1 to 64 letters")).to_be_visible()


def test_several_are_chosen_from_the_toolkits(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at("/app/acme/servers/demo/resources/", cast.ada)
    expect(page.get_by_text("No resource yet")).to_be_visible()
    check_page(page, "resources-none")
    page.get_by_role("link", name="Add resources").click()
    page.get_by_role("button", name="Add resources").click()
    expect(page.get_by_text("Choose at least one.")).to_be_visible()
    page.get_by_role("checkbox").nth(0).check()
    page.get_by_role("checkbox").nth(1).check()
    check_page(page, "resources-add", expected=["422"])
    page.get_by_role("button", name="Add resources").click()
    expect(page.get_by_text("Added 2 resources.")).to_be_visible()
    page.get_by_role("link", name="Prompts").first.click()
    page.get_by_role("link", name="Add prompts").click()
    page.get_by_role("checkbox").first.check()
    check_page(page, "prompts-add", expected=["422"])
    page.get_by_role("button", name="Add prompts").click()
    expect(page.get_by_role("table", name="Prompts")).to_be_visible()


def test_a_caller_looks(page_at: PageAt, check_page: CheckPage, cast: Cast, library: Server) -> None:
    page = page_at(f"{SERVER}resources/", cast.max)
    expect(page.get_by_role("switch")).to_have_count(0)
    check_page(page, "resources-of-a-caller")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    check_page(page, "resource-of-a-caller")


def test_it_works_without_scripts(page_at: PageAt, cast: Cast, library: Server) -> None:
    page = page_at(f"{SERVER}prompts/", cast.ada, java_script_enabled=False)
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("nobody sees or uses it.", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
