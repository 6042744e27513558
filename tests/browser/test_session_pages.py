"""What is open on a server in a browser: it shows as it comes, and ends when somebody says so."""

import httpx
import msgspec
import pytest
from playwright.sync_api import expect

from benchmarks.open_things import holder_of, session_opened, stream_opened
from mcp_runtime.contract.open_sessions import CALL, STANDING
from tenants.services.api_keys import api_key_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.fixtures.oauth import client_build, connection_build
from tests.mcp_runtime.legacy_client import initialize_request, legacy_headers, request

pytestmark = pytest.mark.usefixtures("no_foreign_store")
DEMO = "/app/acme/servers/demo/"
SESSIONS = f"{DEMO}sessions/"


def test_lists_and_details_are_sound(page_at: PageAt, check_page: CheckPage, installation: Installation) -> None:
    cast = installation.cast
    check_page(page_at("/app/globex/servers/demo/sessions/", cast.gus), "sessions-empty")
    server = cast.acme.server
    connection = connection_build(cast.max, client_build("https://claude.ai/oauth/client.json", name="Claude Code"))
    key = api_key_create(tenant=cast.acme.tenant, actor=cast.ada.actor, name="Build agent", scopes=["mcp:call"]).api_key
    of_max = holder_of(cast.max.user, "claude-code/2.1.4", client=connection.client_id)
    by_key = {"client": str(key.family), "credential_kind": "api_key"}
    of_ada = holder_of(cast.ada.user, "build-agent/0.9", **by_key)
    session = session_opened(server, of_max, ago=5400, last=130)
    stream_opened(server, of_max, kind=STANDING, session=session, ago=5390)
    stream_opened(server, of_max, kind=CALL, tool="matrix_decomposition", session=session, ago=12)
    session_opened(server, of_ada, ago=700, last=640)
    stream = stream_opened(server, of_max, ago=200)
    call = stream_opened(server, of_ada, kind=CALL, tool="matrix_decomposition", ago=21)
    page = page_at(SESSIONS, cast.ada)
    check_page(page, "sessions")
    check_page(page_at(SESSIONS, cast.max), "sessions-own")
    page.get_by_role("button", name="End all").first.click()
    check_page(page, "sessions-end-all")
    page = page_at(f"{SESSIONS}{session}/", cast.ada)
    check_page(page, "session")
    page.get_by_role("button", name="End session").first.click()
    check_page(page, "session-end")
    check_page(page_at(f"{DEMO}streams/{stream}/", cast.max), "stream")
    page = page_at(f"{DEMO}streams/{call}/", cast.ada)
    page.get_by_role("button", name="End call").first.click()
    check_page(page, "stream-end")


def test_a_client_that_connects_is_seen_and_thrown_out(page_at: PageAt, installation: Installation) -> None:
    cast = installation.cast
    issued = api_key_create(tenant=cast.acme.tenant, actor=cast.max.actor, name="Laptop", scopes=["mcp:read"])
    page = page_at(SESSIONS, cast.max)
    url = f"{installation.base_url}/mcp/acme/demo"
    headers = legacy_headers(issued.secret)
    begun = httpx.post(url, headers=headers, content=msgspec.json.encode(initialize_request()))
    headers["Mcp-Session-Id"] = begun.headers["mcp-session-id"]
    line = page.get_by_role("row").filter(has_text="old client")
    expect(line).to_be_visible()
    with httpx.stream("GET", url, headers=headers, timeout=60) as stream:
        expect(line).to_contain_text("listening")
        line.get_by_role("link").click()
        page.get_by_role("button", name="End session").click()
        page.get_by_role("alertdialog").get_by_role("button", name="End session").click()
        expect(page.locator(".toast")).to_contain_text("The session has ended")
        assert "data: {" not in "".join(stream.iter_text())
    expect(page.get_by_text("old client")).to_have_count(0)
    refused = httpx.post(url, headers=headers, content=msgspec.json.encode(request("ping")))
    assert (refused.status_code, refused.json()["error"]["data"]["type"]) == (404, "session_unknown")
