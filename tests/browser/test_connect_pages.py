"""Connect: choose a client, make a key, and see the client come, without loading the page again."""

import json
import urllib.request
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.control_plane.dashboard.pages import SECRET
from tests.fixtures.api import key_of
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")

PAGE = "/app/acme/servers/demo/connect/"
META = "io.modelcontextprotocol/"
VERSION = "2026-07-28"
NOTICED_WITHIN_SECONDS = 1.0


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


def ask(installation: Installation, key: str, method: str, **params: object) -> None:
    """What a client sends."""
    meta = {
        f"{META}protocolVersion": VERSION,
        f"{META}clientCapabilities": {},
        f"{META}clientInfo": {"name": "Claude Code", "version": "2.1"},
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": meta}}
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": VERSION,
        "Mcp-Method": method,
        **({"Mcp-Name": str(params["name"])} if "name" in params else {}),
    }
    url = f"{installation.base_url}/mcp/acme/demo"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - this test's own
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        assert response.status == 200


def test_the_page_notices_a_client_within_a_second(
    page_at: PageAt, check_page: CheckPage, installation: Installation, cast: Cast
) -> None:
    page = page_at(PAGE, cast.ada)
    expect(page.get_by_text("Waiting for your first connection…")).to_be_visible()
    check_page(page, "connect")
    key = key_of(cast.max, ["mcp:read", "mcp:call"])
    began = monotonic()
    ask(installation, key, "tools/list")
    expect(page.get_by_text("Claude Code connected")).to_be_visible()
    assert monotonic() - began < NOTICED_WITHIN_SECONDS + 0.2
    expect(page.locator("#now")).to_contain_text("Max")
    began = monotonic()
    ask(installation, key, "tools/call", name="slugify", arguments={"text": "Ready now"})
    expect(page.get_by_text("slugify called")).to_be_visible()
    assert monotonic() - began < NOTICED_WITHIN_SECONDS + 0.2
    expect(page.locator(".step-done")).to_have_count(4)
    check_page(page, "connect-connected")


@pytest.mark.parametrize("client", ["Claude", "Cursor", "VS Code", "ChatGPT", "Codex", "curl"])
def test_each_client_has_its_set_up(page_at: PageAt, check_page: CheckPage, cast: Cast, client: str) -> None:
    page = page_at(PAGE, cast.ada)
    page.get_by_role("navigation", name="Clients").get_by_role("link", name=client, exact=True).click()
    expect(page.get_by_role("link", name=client, exact=True)).to_have_attribute("aria-current", "true")
    check_page(page, f"connect-{client.lower().replace(' ', '-')}")


def test_a_key_is_made_within_the_lines(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(PAGE, cast.max)
    page.get_by_role("link", name="Use an API key instead").click()
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_text("It is shown this once.")).to_be_visible()
    assert SECRET.search(page.locator("#client").inner_text()) is not None
    assert SECRET.search(page.url) is None
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.locator("#client .code").first.get_by_role("button", name="Copy").click()
    copied = str(page.evaluate("copied"))
    assert copied.startswith("claude mcp add --transport http demo http://127.0.0.1:")
    assert "$" not in copied
    check_page(page, "connect-key")


def test_it_works_without_scripts(page_at: PageAt, cast: Cast) -> None:
    page = page_at(PAGE, cast.max, java_script_enabled=False)
    page.get_by_role("link", name="Codex").click()
    page.get_by_role("link", name="Use an API key instead").click()
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator("body")).to_contain_text(SECRET)


def test_another_tenants_client_changes_nothing(page_at: PageAt, installation: Installation, cast: Cast) -> None:
    page = page_at("/app/globex/servers/demo/connect/", cast.gus)
    ask(installation, key_of(cast.ada, ["mcp:read", "mcp:call"]), "tools/list")
    page.reload()
    expect(page.get_by_text("Waiting for your first connection…")).to_be_visible()
