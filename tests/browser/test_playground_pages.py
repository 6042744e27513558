"""Playground: a tool's form from its schema, the call through the real endpoint, its result, its progress, the wire."""

import os
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tenants.scope import tenant_scope
from tenants.selectors.servers import server_list
from tenants.services.server_tools import server_tool_update
from tenants.services.servers import server_create
from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.control_plane.dashboard.pages import SECRET
from tests.fixtures.api import key_of
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.usefixtures("no_foreign_store")

PAGE = "/app/acme/playground/"


@pytest.fixture
def cast(installation: Installation) -> Cast:
    return installation.cast


@pytest.fixture
def workshop(cast: Cast) -> str:
    """Where a server is that has a tool which takes its time, and takes it where it is called. Made once."""
    tenant, actor = cast.acme.tenant, cast.ada.actor
    with tenant_scope(tenant):
        is_there = server_list().filter(slug="workshop").exists()
        if not is_there:
            toolkits = ["compute", "data", "time"]
            server = server_create(tenant=tenant, actor=actor, slug="workshop", name="Workshop", toolkits=toolkits)
            long = server.tools.get(name="matrix_decomposition")
            server_tool_update(tenant=tenant, actor=actor, server=server, tool=long, mode="inline")
    return f"{PAGE}workshop/"


def field(page: Page, name: str) -> Any:
    """A field of the form, by the argument's name."""
    return page.locator("#fields").get_by_label(name, exact=False).first


def test_a_tool_is_called_by_a_form(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    page = page_at(f"{PAGE}demo/", cast.max)
    page.get_by_role("link", name="text_statistics").click()
    expect(page).to_have_url(f"{page.url.split('/app/')[0]}{PAGE}demo/text_statistics/")
    field(page, "text").fill("one two\nthree")
    page.get_by_role("button", name="Call", exact=True).click()
    result = page.locator("#result")
    expect(result).to_contain_text("characters")
    expect(result).to_contain_text("13")
    expect(page.locator("#status")).to_contain_text("done")
    check_page(page, "playground")
    page.get_by_role("tab", name="Wire").click()
    wire = page.locator("#wire")
    expect(wire).to_contain_text('"method": "tools/call"')
    expect(wire).to_contain_text('"structuredContent"')
    wire.locator("summary").first.click()
    expect(wire).to_contain_text("Bearer ••••••")
    expect(wire).to_contain_text("Mcp-Name")
    assert SECRET.search(page.content()) is None
    check_page(page, "playground-wire")


def test_what_is_wrong_with_the_arguments_is_said(
    page_at: PageAt, check_page: CheckPage, workshop: str, cast: Cast
) -> None:
    page = page_at(f"{workshop}matrix_decomposition/", cast.ada)
    field(page, "size").fill("many")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_text("size is a whole number.")).to_be_visible()
    field(page, "size").fill("1")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#status")).to_contain_text("tool error")
    expect(page.locator("#result")).to_contain_text("size")
    check_page(page, "playground-error")


def test_progress_is_shown_as_it_comes(page_at: PageAt, check_page: CheckPage, workshop: str, cast: Cast) -> None:
    page = page_at(f"{workshop}matrix_decomposition/", cast.ada)
    field(page, "size").fill("160")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#status")).to_contain_text("done", timeout=60_000)
    expect(page.locator("#result")).to_contain_text("singular_values")
    page.get_by_role("tab", name="Messages").click()
    expect(page.locator(".playground-log li").first).to_contain_text("progress")
    check_page(page, "playground-progress")


def test_a_call_is_cancelled(page_at: PageAt, check_page: CheckPage, workshop: str, cast: Cast) -> None:
    page = page_at(f"{workshop}matrix_decomposition/", cast.ada)
    field(page, "size").fill("400")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#log-count")).not_to_be_empty(timeout=60_000)
    check_page(page, "playground-running")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("#status")).to_contain_text("cancelled")
    expect(page.locator("#history-list")).to_contain_text("cancelled")
    # One at a time is allowed: the next one is accepted when the cancelled one has stopped.
    field(page, "size").fill("4")
    for _ in range(100):
        page.get_by_role("button", name="Call", exact=True).click()
        expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_hidden()
        if "done" in page.locator("#status").inner_text():
            return
        page.wait_for_timeout(100)
    pytest.fail("the cancelled call did not stop")


def test_arguments_are_the_same_as_json_and_in_the_form(page_at: PageAt, workshop: str, cast: Cast) -> None:
    page = page_at(f"{workshop}json_to_csv/", cast.ada)
    page.get_by_role("button", name="JSON", exact=True).click()
    page.get_by_label("Arguments as JSON").fill('{"rows": [{"name": "ada", "age": 36}, {"name": "max", "age": 7}]}')
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#result")).to_contain_text("ada,36")
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.locator("#fields textarea").first).to_have_value('{\n  "name": "ada",\n  "age": 36\n}')
    page.get_by_role("button", name="JSON", exact=True).click()
    page.get_by_label("Arguments as JSON").fill("{")
    page.get_by_role("button", name="Form", exact=True).click()
    expect(page.get_by_text("This is no JSON yet")).to_be_visible()


def test_what_a_tool_answers_is_text(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}demo/text_diff/", cast.max)
    hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    field(page, "before").fill("calm")
    field(page, "after").fill(hostile)
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#result")).to_contain_text("<script>")
    page.get_by_role("tab", name="Wire").click()
    expect(page.locator("#wire img, #wire script, #result img, #result script")).to_have_count(0)
    assert "owned" not in page.title()


def test_the_line_for_curl_does_the_same(page_at: PageAt, installation: Installation, cast: Cast) -> None:
    page = page_at(f"{PAGE}demo/slugify/", cast.max)
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    field(page, "text").fill("It's a 'quoted' $(thing)")
    page.get_by_role("button", name="Copy as curl").click()
    line = str(page.evaluate("copied"))
    environment = {"PATH": os.environ["PATH"], "ATRIUM_KEY": key_of(cast.max, ["mcp:call"])}
    done = subprocess.run(["sh", "-c", f"{line} -sS"], env=environment, capture_output=True, text=True, check=True)
    assert "its-a-quoted-thing" in done.stdout


EVERYTHING: dict[str, Any] = {
    "type": "object",
    "$defs": {"Place": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "integer"}}}},
    "required": ["name", "count", "agreed", "kind", "nothing", "tags", "home"],
    "properties": {
        "name": {"type": "string"},
        "count": {"type": "integer", "minimum": 0},
        "ratio": {"type": "number"},
        "agreed": {"type": "boolean"},
        "maybe": {"type": "boolean"},
        "kind": {"enum": ["a", 2, None, {"x": 1}]},
        "nothing": {"const": 7},
        "tags": {"type": "array", "items": {"type": "string"}},
        "home": {"$ref": "#/$defs/Place"},
        "places": {"type": "array", "items": {"$ref": "#/$defs/Place"}},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "free": {},
    },
}
FIRST = {"name": "", "count": 3, "agreed": False, "kind": "a", "nothing": 7, "tags": [], "home": {}}
ROUND_TRIP = """async ([schema, value]) => {
  const { formOf, NOTHING } = await import("/static/control_plane/js/playground/form.js");
  const form = formOf(schema);
  form.write(value);
  const read = form.read();
  return read === NOTHING ? null : read;
}"""


WRITTEN: list[dict[str, Any]] = [
    FIRST,
    {**FIRST, "name": "Ada", "ratio": -0.5, "agreed": True, "maybe": False, "kind": 2},
    {**FIRST, "kind": {"x": 1}, "tags": ["one", ""], "home": {"city": "Ulm", "zip": 89073}},
    {**FIRST, "places": [{"city": "Ulm"}, {"zip": 1}], "note": "n", "free": {"deep": [1, None]}},
    {**FIRST, "unforeseen": [1, 2], "home": {"street": "x"}},
]


def test_a_form_gives_back_what_was_written_into_it(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}demo/", cast.max)
    assert [page.evaluate(ROUND_TRIP, [EVERYTHING, value]) for value in WRITTEN] == WRITTEN


def test_history_brings_a_call_back(page_at: PageAt, cast: Cast) -> None:
    page = page_at(f"{PAGE}demo/slugify/", cast.max)
    field(page, "text").fill("First Words")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_contain_text("first-words")
    page.get_by_role("link", name="text_statistics").click()
    page.locator("#history-list button").first.click()
    expect(page).to_have_url(f"{page.url.split('/app/')[0]}{PAGE}demo/slugify/")
    expect(field(page, "text")).to_have_value("First Words")
    page.go_back()
    expect(page.locator("#tool-head")).to_contain_text("text_statistics")


def test_a_server_is_chosen_first(page_at: PageAt, check_page: CheckPage, workshop: str, cast: Cast) -> None:
    page = page_at(PAGE, cast.ada)
    check_page(page, "playground-start")
    page.get_by_role("link", name="Workshop").click()
    page.get_by_label("Find a tool").fill("csv")
    expect(page.locator("#tools li")).to_have_count(2)


def test_a_server_that_grants_nothing_says_so(page_at: PageAt, check_page: CheckPage, cast: Cast) -> None:
    server_create(tenant=cast.globex.tenant, actor=cast.gus.actor, slug="bare", name="Bare")
    page = page_at("/app/globex/playground/bare/", cast.gus)
    expect(page.get_by_text("Nothing on this server is granted to you")).to_be_visible()
    check_page(page, "playground-empty")
