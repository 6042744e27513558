"""Playground: as a client of the older revisions, which have sessions."""

from collections.abc import Callable
from typing import Any

import pytest
import redis
from playwright.sync_api import Page, Request, expect

from mcp_runtime.contract.keys import PREFIX
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_list
from tenants.services.server_tools import server_tool_add
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.browser.playground import OLDER, PAGE, SLUG, bench_create, came, field, send, wire
from tests.fixtures.cast import Cast
from tests.fixtures.store import ValkeyServer

pytestmark = pytest.mark.usefixtures("no_foreign_store")


@pytest.fixture
def cast(installation: Installation, no_foreign_store: None) -> Cast:
    bench_create(installation.cast)
    return installation.cast


def of_endpoint(page: Page) -> list[Request]:
    """The requests to the endpoint, from now on."""
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request) if "/mcp/" in request.url else None)
    return seen


def method_of(request: Request) -> str:
    body: Any = request.post_data_json
    return str(body.get("method")) if body else request.method


def eventually(page: Page, holds: Callable[[], bool]) -> None:
    """Wait, a good while, until it holds."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail("it did not come to be")


def test_a_session_begins_is_used_again_and_ends(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(f"{PAGE}test_simple_text/", cast.ada)
    seen = of_endpoint(page)
    page.get_by_label("Revision of MCP").select_option(OLDER)
    expect(page).to_have_url(f"{page.url.split('?')[0]}?revision={OLDER}")
    expect(page.get_by_role("link", name="test_simple_text")).to_be_visible()
    for _ in range(2):
        send(page)
        came(page, "done")
    methods = [method_of(request) for request in seen]
    assert methods.index("initialize") < methods.index("notifications/initialized") < methods.index("tools/call")
    assert methods.count("initialize") == 1
    assert methods.count("tools/call") == 2
    eventually(page, lambda: "GET" in [method_of(request) for request in seen])
    of_a_call = wire(page)
    expect(of_a_call).to_contain_text("Mcp-Session-Id")
    expect(of_a_call).to_contain_text(OLDER)
    check_page(page, "playground-session")
    page.get_by_text("Besides:").click()
    expect(page.locator("#wire")).to_contain_text("notifications/initialized")
    page.get_by_label("Revision of MCP").select_option("2026-07-28")
    eventually(page, lambda: "DELETE" in [method_of(request) for request in seen])


def test_the_session_ends_with_the_page(page_at: PageAt, cast: Cast, valkey: ValkeyServer) -> None:
    def sessions() -> int:
        with redis.Redis.from_url(valkey.url) as store:
            return len(store.keys(f"{PREFIX}session:*"))

    page = page_at(f"{PAGE}test_simple_text/?revision=2025-06-18", cast.ada)
    expect(page.get_by_role("link", name="test_simple_text")).to_be_visible()
    open_before = sessions()
    assert open_before > 0
    page.goto("/app/acme/")
    eventually(page, lambda: sessions() == open_before - 1)


def test_a_session_that_is_gone_is_begun_anew(
    page_at: PageAt, cast: Cast, installation: Installation, valkey: ValkeyServer
) -> None:
    page = page_at(f"{PAGE}test_simple_text/?revision={OLDER}", cast.ada)
    expect(page.get_by_role("link", name="test_simple_text")).to_be_visible()
    seen = of_endpoint(page)
    valkey.empty()
    send(page)
    came(page, "done")
    methods = [method_of(request) for request in seen]
    assert methods.index("initialize") > methods.index("tools/call")
    assert methods.count("tools/call") == 2


def test_messages_on_the_way_are_heard_in_a_session(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}test_tool_with_logging/?revision={OLDER}", cast.ada)
    send(page)
    came(page, "done")
    page.get_by_role("tab", name="Messages").click()
    expect(page.locator(".playground-log li")).to_have_count(3)


def test_what_is_new_on_the_server_is_listed_and_what_is_filled_in_stays(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}greet/?revision={OLDER}", cast.ada)
    field(page, "name").fill("Ada")
    expect(page.locator("#wire .wire-besides")).to_contain_text("event stream")
    tenant, actor = cast.acme.tenant, cast.ada.actor
    with tenant_scope(tenant):
        server = server_list().get(slug=SLUG)
    server_tool_add(tenant=tenant, actor=actor, server=server, toolkit="text", tool="slugify")
    expect(page.get_by_role("link", name="slugify")).to_be_visible()
    expect(field(page, "name")).to_have_value("Ada")


def test_the_oldest_revision_is_spoken_too(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}greet/?revision=2025-03-26", cast.ada)
    field(page, "name").fill("Ada")
    send(page)
    expect(page.locator("#result")).to_contain_text("Hello, Ada!")
