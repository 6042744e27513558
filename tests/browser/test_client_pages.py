"""OAuth clients in a browser."""

import pytest
from playwright.sync_api import expect

from tenants.services.oauth_clients import oauth_client_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.oauth import connection_build

pytestmark = pytest.mark.usefixtures("no_foreign_store")
CLIENTS = "/app/acme/clients/"


def test_a_client_is_made_and_its_secret_is_shown_once(
    page_at: PageAt, check_page: CheckPage, installation: Installation
) -> None:
    page = page_at(CLIENTS, installation.cast.ada)
    check_page(page, "clients-empty")
    page.get_by_role("link", name="New client").first.click()
    page.get_by_label("Name").fill("Helpdesk")
    page.get_by_label("Confidential", exact=False).first.check()
    page.get_by_label("Redirect URIs").fill("https://desk.acme.example/callback")
    check_page(page, "client-new")
    page.get_by_role("button", name="Make client").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Helpdesk is ready")
    secret = page.locator(".url code").first.inner_text()
    check_page(page, "client-secret")
    page.reload()
    expect(page.get_by_text("This was sent before")).to_be_visible()
    assert secret not in page.content()


def test_lists_and_details_are_sound(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    cast = installation.cast
    client = oauth_client_create(
        tenant=cast.acme.tenant,
        actor=cast.ada.actor,
        name="Intranet",
        redirect_uris=["https://intra.acme.example/oauth/callback", "http://127.0.0.1/callback"],
        auth_method="client_secret_basic",
    ).oauth_client
    connection_build(cast.max, client)
    check_page(page_at(CLIENTS, cast.ada), "clients")
    page = page_at(f"{CLIENTS}{client.pk}/", cast.ada)
    check_page(page, "client")
    page.get_by_role("button", name="Delete client").first.click()
    check_page(page, "client-delete")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New secret").click()
    page.get_by_role("button", name="Make new secret").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New secret for Intranet")
    check_page(page, "client-new-secret")
