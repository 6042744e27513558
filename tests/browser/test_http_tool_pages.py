"""An HTTP tool is written, looked at, tried and saved in a browser, and a real client calls it."""

from typing import Any

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import expect

from tenants.services.stored_secrets import secret_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.api import key_of
from tests.fixtures.http_site import http_site

pytestmark = pytest.mark.usefixtures("no_foreign_store")

TOOLS = "/app/acme/servers/demo/tools/"
VALUE = "zilpzalp-4711"


async def called(url: str, key: str) -> Any:
    """What a client of the SDK gets."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        return (await client.call_tool("get_lamp", {"number": "7"})).structured_content


def test_a_tool_is_written_tried_and_called(installation: Installation, page_at: PageAt, check_page: CheckPage) -> None:
    ada = installation.cast.ada
    secret_create(tenant=installation.cast.acme.tenant, actor=ada.actor, name="shop-key", value=VALUE)
    with http_site(over_tls=False) as site, installation.outside(site.recorder.port):
        page = page_at(TOOLS, ada)
        page.get_by_role("link", name="New HTTP tool").first.click()
        page.get_by_label("Name", exact=True).fill("get_lamp")
        page.get_by_label("URL").fill("http://shop.corp.internal:8080/lamps/{number}")
        page.get_by_label("Argument, row 1").fill("number")
        page.get_by_label("Goes into, row 1").first.select_option("path")
        page.get_by_label("Required, row 1").check()
        page.get_by_label("Name, row 1").fill("X-Shop-Key")
        page.get_by_label("Value, row 1").fill("{{secret.shop-key}}")
        page.get_by_label("Value, row 1").blur()
        expect(page.locator("#preview")).to_contain_text("GET http://shop.corp.internal:8080/lamps/text")
        expect(page.locator("#preview")).to_contain_text("X-Shop-Key: {{secret.shop-key}}")
        check_page(page, "http-tool-new", expected=["422"])
        page.get_by_role("button", name="Send request").click()
        expect(page.locator("#trial")).to_contain_text('"ok": true')
        assert VALUE not in page.content()
        check_page(page, "http-tool-tried", expected=["422"])
        page.get_by_role("button", name="Save tool").click()
        expect(page.get_by_text("Saved get_lamp.")).to_be_visible()
        check_page(page, "http-tool", expected=["422"])
        page.get_by_role("link", name="Edit request").click()
        expect(page.locator("#preview")).to_contain_text("/lamps/text")
        check_page(page, "http-tool-request", expected=["422"])
        key = key_of(ada, ["mcp:read", "mcp:call"])
        with start_blocking_portal("asyncio") as portal:
            assert portal.call(called, f"{installation.base_url}/mcp/acme/demo", key) == {"ok": True}
        assert f"X-Shop-Key: {VALUE}".encode() in site.requests[-1]
        assert site.requests[-1].startswith(b"GET /lamps/7 ")
