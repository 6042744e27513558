"""Secrets in a browser: stored, rotated, deleted, and never on a page."""

import pytest
from playwright.sync_api import expect

from tenants.services.secret_uses import secret_uses_set
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation

pytestmark = pytest.mark.usefixtures("no_foreign_store")
SECRETS = "/app/acme/secrets/"
VALUE = "zilpzalp-4711-zilpzalp"


def test_a_secret_is_stored_rotated_and_deleted(
    page_at: PageAt, check_page: CheckPage, installation: Installation
) -> None:
    acme = installation.cast.acme
    page = page_at(SECRETS, installation.cast.ada)
    check_page(page, "secrets-empty")
    page.get_by_role("link", name="New secret").first.click()
    page.get_by_label("Name").fill("CRM")
    page.get_by_label("Value").fill(VALUE)
    page.get_by_label("Description").fill("Token of the CRM's service account; ask Max for another")
    page.get_by_role("button", name="Store secret").click()
    expect(page.get_by_label("Value")).to_have_value("")
    check_page(page, "secret-new", expected=["422"])
    page.get_by_label("Name").fill("crm-token")
    page.get_by_label("Value").fill(VALUE)
    page.get_by_role("button", name="Store secret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("crm-token")
    secret_uses_set(
        tenant=acme.tenant, kind="server", object_id=acme.server.pk, label="Find customer", names={"crm-token"}
    )
    page.get_by_role("link", name="Rotate").click()
    check_page(page, "secret-rotate", expected=["422"])
    page.get_by_label("New value").fill(f"{VALUE}-2")
    page.get_by_role("button", name="Rotate secret").click()
    expect(page.get_by_text("hidden, version 2")).to_be_visible()
    check_page(page, "secret", expected=["422"])
    assert VALUE not in page.content()
    page.get_by_role("navigation").get_by_role("link", name="Secrets").first.click()
    check_page(page, "secrets", expected=["422"])
    assert VALUE not in page.content()
    page.get_by_role("link", name="crm-token").first.click()
    page.get_by_role("button", name="Delete secret").first.click()
    expect(page.get_by_text("These stop working at once")).to_be_visible()
    check_page(page, "secret-delete", expected=["422"])
    page.get_by_role("button", name="Delete secret").last.click()
    expect(page.get_by_text("No secret yet")).to_be_visible()
