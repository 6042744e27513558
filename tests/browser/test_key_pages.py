"""API keys in a browser: made, shown once, copied, rotated, revoked."""

import pytest
from playwright.sync_api import expect

from tenants.models import ApiKey
from tenants.scope import tenant_scope
from tenants.services.api_keys import api_key_create, api_key_revoke
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.cast import Person

KEYS = "/app/acme/keys/"


def key_of(person: Person, name: str, **choices: object) -> ApiKey:
    chosen = {"name": name, "scopes": ["mcp:read", "mcp:call"], **choices}
    return api_key_create(tenant=person.company.tenant, actor=person.actor, **chosen).api_key  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_foreign_store")
def test_lists_and_details_are_sound(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    cast = installation.cast
    check_page(page_at("/app/globex/keys/", cast.gus), "keys-empty")
    key = key_of(cast.ada, "Nightly report", servers=[cast.acme.server], address_ranges=["203.0.113.0/24"])
    key_of(cast.ada, "Deployment", scopes=["manage:read", "manage:write"], never_expires=True)
    key_of(cast.max, "Max’s laptop")
    old = key_of(cast.max, "Old laptop")
    api_key_revoke(tenant=cast.acme.tenant, actor=cast.max.actor, api_key_id=old.pk)
    check_page(page_at(KEYS, cast.ada), "keys")
    check_page(page_at(f"{KEYS}?show=all", cast.max), "keys-own")
    page = page_at(f"{KEYS}{key.pk}/", cast.ada)
    check_page(page, "key")
    page.get_by_role("button", name="Revoke key").first.click()
    check_page(page, "key-revoke")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Rotate").first.click()
    check_page(page, "key-rotate")


@pytest.mark.usefixtures("no_foreign_store")
def test_a_key_is_made_and_its_secret_is_shown_once(
    page_at: PageAt, check_page: CheckPage, installation: Installation
) -> None:
    max_ = installation.cast.max
    page = page_at(KEYS, max_)
    page.get_by_role("link", name="New key").first.click()
    page.get_by_label("Name").fill("Weekly digest")
    check_page(page, "key-new")
    page.get_by_label("Stops working after").select_option("30")
    page.get_by_role("button", name="Make key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly digest is ready")
    secret = page.locator(".url code").first.inner_text()
    assert secret.startswith("atk_")
    check_page(page, "key-secret")
    assert secret not in page.url
    page.reload()
    expect(page.get_by_text("This was sent before")).to_be_visible()
    assert secret not in page.content()
    with tenant_scope(installation.cast.acme.tenant):
        assert ApiKey.objects.filter(name="Weekly digest").count() == 1


def test_what_is_wrong_is_said_beside_it(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    page = page_at(f"{KEYS}new", installation.cast.ada)
    page.get_by_label("Name").fill("Weekly digest")
    page.get_by_role("radio", name="Chosen servers").check()
    page.get_by_label("Allowed addresses").fill("everywhere")
    page.get_by_role("button", name="Make key").click()
    expect(page.get_by_text("Choose at least one server")).to_be_visible()
    check_page(page, "key-new-wrong", expected=["422"])
    assert page.get_by_label("Allowed addresses").input_value() == "everywhere"
