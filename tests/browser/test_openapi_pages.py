"""An OpenAPI document is pasted, operations are chosen, and another version is looked at and applied."""

import msgspec
import pytest
from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.tenants.openapi.keeping import stored
from tests.tenants.openapi.shop import SHOP
from tests.tenants.openapi.test_documents_are_read_again import another

pytestmark = pytest.mark.usefixtures("no_foreign_store")

OPENAPI = "/app/acme/servers/demo/openapi/"


def test_a_document_is_pasted_and_three_operations_are_chosen(
    installation: Installation, page_at: PageAt, check_page: CheckPage
) -> None:
    stored(installation.cast.ada, "token")
    page = page_at(OPENAPI, installation.cast.ada)
    check_page(page, "openapi-empty")
    page.get_by_role("link", name="Import a document").first.click()
    check_page(page, "openapi-new")
    page.get_by_label("Text").fill(msgspec.json.encode(SHOP).decode())
    page.get_by_role("button", name="Read the document").click()
    expect(page.get_by_role("heading", name="Shop")).to_be_visible()
    check_page(page, "openapi-operations")
    page.get_by_role("checkbox", name="POST /login").check()
    page.get_by_placeholder("Name, path or words").fill("orders")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_text("1 chosen beside these")).to_be_visible()
    page.get_by_role("checkbox", name="GET /orders/{orderId}").check()
    page.get_by_role("checkbox", name="POST /orders").check()
    page.get_by_role("button", name="Add what is chosen").click()
    expect(page.get_by_text("Added 3 tools.")).to_be_visible()
    check_page(page, "openapi-chosen")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="in a new tab").first.click()
    check_page(opened.value, "openapi-operation")
    page.locator("a.btn[href*='/openapi/'][href$='/settings']").click()
    check_page(page, "openapi-settings")
    page.go_back()
    page.get_by_role("link", name="Look for changes").click()
    page.get_by_label("Text").fill(msgspec.json.encode(another()).decode())
    check_page(page, "openapi-version-form")
    page.get_by_role("button", name="Look for changes").click()
    expect(page.get_by_text("arguments, request")).to_be_visible()
    check_page(page, "openapi-version")
    page.get_by_role("button", name="Apply this version").click()
    expect(page.get_by_text("2 changed")).to_be_visible()
    page.goto(f"{installation.base_url}{OPENAPI}")
    check_page(page, "openapi-documents")
