"""A prompt and a resource of one's own are written on pages, and a real client uses them."""

from typing import Any

import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import Page, expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.api import key_of

pytestmark = pytest.mark.usefixtures("no_foreign_store")

SERVER = "/app/acme/servers/demo/"


async def used(url: str, key: str) -> dict[str, Any]:
    """What a client of the SDK reads, gets and is suggested."""
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
        Client(streamable_http_client(url, http_client=http)) as client,
    ):
        read = await client.read_resource("acme://handbook")
        prompt = await client.get_prompt("reply", {"customer": "{{tone}}", "tone": "briefly"})
        return {"read": read.model_dump(mode="json"), "prompt": prompt.model_dump(mode="json")}


def resource_written(page: Page, check_page: CheckPage, base_url: str) -> None:
    """A resource, and another content for it."""
    page.goto(f"{base_url}{SERVER}resources/new")
    page.get_by_label("Name").fill("Handbook")
    page.get_by_label("URI", exact=True).fill("acme://handbook")
    page.get_by_label("Content").fill("# Knock first\n")
    check_page(page, "resource-new")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved Handbook.")).to_be_visible()
    check_page(page, "resource-hosted")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Content").fill("# Knock twice\n")
    check_page(page, "resource-edit")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("# Knock twice")).to_be_visible()


def prompt_written(page: Page, check_page: CheckPage, base_url: str) -> None:
    """A prompt with two arguments, previewed before it is saved."""
    page.goto(f"{base_url}{SERVER}prompts/new")
    page.get_by_label("Name").first.fill("reply")
    argument = page.get_by_role("group", name="Argument 1")
    argument.get_by_label("Name").fill("customer")
    argument.get_by_label("Must be given").check()
    page.get_by_role("group", name="Argument 2").get_by_label("Name").fill("tone")
    page.get_by_role("group", name="Argument 2").get_by_label("Suggestions").fill("kindly\nbriefly")
    page.get_by_role("group", name="Message 1").get_by_label("Says").fill("Answer {{customer}} {{tone}}.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Answer customer kindly.")).to_be_visible()
    check_page(page, "prompt-new")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved reply.")).to_be_visible()
    check_page(page, "prompt-hosted")
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_text("Answer customer kindly.")).to_be_visible()
    check_page(page, "prompt-edit")


def test_what_is_written_on_pages_is_what_a_client_gets(
    installation: Installation, page_at: PageAt, check_page: CheckPage
) -> None:
    ada = installation.cast.ada
    page = page_at(f"{SERVER}resources/", ada)
    page.get_by_role("link", name="Write a template").click()
    check_page(page, "template-new")
    resource_written(page, check_page, installation.base_url)
    prompt_written(page, check_page, installation.base_url)
    key = key_of(ada, ["mcp:read", "mcp:call"])
    with start_blocking_portal("asyncio") as portal:
        found = portal.call(used, f"{installation.base_url}/mcp/acme/demo", key)
    assert found["read"]["contents"][0]["text"] == "# Knock twice\n"
    assert found["prompt"]["messages"][0]["content"]["text"] == "Answer {{tone}} briefly."
