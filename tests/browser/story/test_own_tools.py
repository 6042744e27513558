"""A company brings what it has: an API by its OpenAPI document, and an MCP server. A real client calls both through one
URL; an outsider finds none of it."""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import Page, expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.browser.story.clients import call_with_key
from tests.browser.story.outsider import Outsider
from tests.browser.story.suppliers import KEY, MCP, Shop, document, suppliers
from tests.browser.story.visitor import PATIENCE_MS, Tally, Visitor
from tests.fixtures.api import key_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")

SERVER: Final = "/app/acme/servers/demo/"
CHOSEN: Final = ("findLamps", "readLamp", "orderLamps")


@pytest.fixture
def shop(installation: Installation) -> Iterator[Shop]:
    """What the company has is running where the installation can reach it."""
    with suppliers() as (port, shop), installation.outside(port):
        yield shop


async def used(url: str, key: str) -> dict[str, Any]:
    """What a client of the SDK lists and is answered."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        listed = [tool.name for tool in (await client.list_tools()).tools]
        order = next(name for name in listed if "order" in name.lower())
        calls = {
            "order": (order, {"lamp": 2, "count": 3}),
            "brightness": ("lamps.brightness", {"lamp": "Lantern"}),
        }
        found = {step: await client.call_tool(name, arguments) for step, (name, arguments) in calls.items()}
        plain = {step: result.model_dump(mode="json", by_alias=True) for step, result in found.items()}
        return {"listed": listed, **plain}


def test_a_company_brings_its_api_and_its_mcp_server(
    installation: Installation, page_at: PageAt, check_page: CheckPage, shop: Shop
) -> None:
    cast = installation.cast
    ada = Visitor(page_at(f"{SERVER}tools/", cast.ada), Tally())
    import_three_operations(ada, check_page)
    try_one(ada, check_page)
    connect_the_upstream(ada, check_page)
    url, key = f"{installation.base_url}/mcp/acme/demo", key_of(cast.ada, ["mcp:read", "mcp:call"])
    with start_blocking_portal("asyncio") as portal:
        found = portal.call(used, url, key)
    assert {"lamps.brightness"} <= set(found["listed"])
    assert "lamps.switch" not in found["listed"]
    assert found["order"]["structuredContent"] == {"order": 1}
    assert shop.orders == [{"lamp": 2, "count": 3}]
    assert found["brightness"]["content"][0]["text"] == "Lantern has 560 lumen"
    assert KEY not in json.dumps(found)
    gus = Outsider(page_at("/app/", cast.gus))
    gus.finds_nothing_of(ada, "acme")
    foreign = call_with_key(url, key_of(cast.gus, ["mcp:call"]), "lamps.brightness", lamp="x")
    assert foreign.status_code == 401


def import_three_operations(ada: Visitor, check_page: CheckPage) -> None:
    """Paste the document, store the key that it wants, choose three of its operations."""
    page = ada.page
    page.goto(page.url.replace("/tools/", "/openapi/"))
    check_page(page, "openapi-empty")
    ada.click(page.get_by_role("link", name="Import a document").first)
    page.get_by_label("Text").fill(json.dumps(document()))
    check_page(page, "openapi-new")
    ada.press("Read the document")
    ada.is_at("Lamp shop")
    check_page(page, "openapi-document")
    wanted = page.get_by_role("link", name="shop").first
    with page.context.expect_page() as opened:
        wanted.click()
    store(opened.value)
    page.reload()
    for operation in CHOSEN:
        page.get_by_role("row").filter(has_text=operation).get_by_role("checkbox").check()
    ada.press("Add what is chosen")
    expect(page.get_by_text("on this server")).to_have_count(len(CHOSEN), timeout=PATIENCE_MS)


def store(page: Page) -> None:
    """The secret that the document wants, on the page that its link opens."""
    page.get_by_label("Value").fill(KEY)
    page.get_by_role("button", name="Store secret").click()
    expect(page.get_by_text("hidden, version 1")).to_be_visible()
    page.close()


def try_one(ada: Visitor, check_page: CheckPage) -> None:
    """Send the request of one of them once, from its own form."""
    page = ada.page
    page.goto(page.url.partition("/app/")[0] + f"{SERVER}tools/")
    ada.click(page.get_by_role("link", name="find", exact=False).first)
    ada.follow("Edit request")
    page.get_by_label("Arguments to try it with").fill('{"name": "lant"}')
    page.get_by_role("button", name="Send request").click()
    expect(page.locator("#trial")).to_contain_text("Lantern", timeout=PATIENCE_MS)
    assert KEY not in page.content()
    check_page(page, "http-tool-tried")


def connect_the_upstream(ada: Visitor, check_page: CheckPage) -> None:
    """Connect it, look at what it offers, approve one tool of two, and put it on the server."""
    page = ada.page
    ada.goes_to("Upstreams")
    ada.click(page.get_by_role("link", name="Connect an upstream").first)
    page.get_by_label("Name", exact=True).fill("Lamps")
    page.get_by_label("Prefix").fill("lamps")
    page.get_by_label("URL").fill(MCP)
    check_page(page, "upstream-new")
    ada.press("Connect")
    ada.sees("Waits for you")
    check_page(page, "upstream-waits")
    page.get_by_role("checkbox", name="switch").uncheck()
    ada.press("Approve chosen")
    expect(page.get_by_text("Put on a server")).to_be_visible(timeout=PATIENCE_MS)
    page.locator("[name=chosen]").first.check()
    page.get_by_label("Server", exact=True).select_option("demo")
    ada.press("Add chosen")
    expect(page.get_by_text("lamps.brightness").first).to_be_visible(timeout=PATIENCE_MS)
    check_page(page, "upstream")
