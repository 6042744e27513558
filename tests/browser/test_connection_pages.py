"""Connections in a browser."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tenants.services.calls import calls_record
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.oauth import client_build, connection_build
from tests.tenants.audit_events import event_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")
CONNECTIONS = "/app/acme/connections/"


def test_lists_and_details_are_sound(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    cast, now = installation.cast, timezone.now()
    check_page(page_at("/app/globex/connections/", cast.gus), "connections-empty")
    code = client_build("https://claude.ai/oauth/client.json", name="Claude Code")
    used = {"last_used_at": now - timedelta(minutes=3), "consented_at": now - timedelta(days=2)}
    connection = connection_build(cast.max, code, **used)
    connection_build(cast.max, client_build("one", name="Cursor"), connected_at=None, scopes=["mcp:read"], tool_ids=[])
    connection_build(cast.ada, code, **used)
    known = {"credential_id": "11111111-2222-4333-8444-555555555555", "credential_kind": "access_token"}
    calls_record(events=[event_of(cast.max, client=code.client_id, tool="slugify", duration_ms=4, **known)])
    check_page(page_at(CONNECTIONS, cast.ada), "connections")
    check_page(page_at(CONNECTIONS, cast.max), "connections-own")
    page = page_at(f"{CONNECTIONS}{connection.pk}/", cast.max)
    page.get_by_label("Only these").check()
    check_page(page, "connection")
    check_page(page_at(f"{CONNECTIONS}{connection.pk}/", cast.ada), "connection-of-another")
    page = page_at(f"{CONNECTIONS}?client=https%3A%2F%2Fclaude.ai%2Foauth%2Fclient.json", cast.ada)
    page.get_by_role("button", name="Revoke all").first.click()
    check_page(page, "connections-revoke")


def test_a_person_cuts_a_client_off(page_at: PageAt, installation: Installation) -> None:
    cast = installation.cast
    connection = connection_build(cast.max, client_build("two", name="Unknown editor"))
    page = page_at(f"{CONNECTIONS}{connection.pk}/", cast.max)
    page.get_by_role("button", name="Revoke").first.click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(page.locator(".toast")).to_contain_text("Unknown editor is cut off")
    page.get_by_role("link", name="Ended").click()
    expect(page.get_by_role("link", name="Unknown editor")).to_be_visible()
