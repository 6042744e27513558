"""The whole way: from the first page to a company with a server, clients, permissions, a key and a second person."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.examination import CheckPage, PageAt
from tests.browser.installation import Installation
from tests.browser.story.clients import Editor, call_with_key
from tests.browser.story.outsider import Outsider
from tests.browser.story.pictures import keep
from tests.browser.story.visitor import PATIENCE_MS, Tally, Visitor
from tests.control_plane.dashboard.pages import SECRET
from tests.end_to_end.oauth.real_clients import hosted
from tests.fixtures.api import key_of

pytestmark = pytest.mark.usefixtures("no_foreign_store", "housekeeping")

TENANT: Final = "lumen-labs"
VERA, NOOR = "vera@lumen.test", "noor@lumen.test"
PASSWORD: Final = "a quiet lamp at night"
MOST_SECONDS: Final = 60
PLACES_OF_A_CALLER: Final = [
    *("Home", "Servers", "Playground", "Calls", "Jobs", "API keys", "Connections", "My accounts", "Settings")
]


RELOADED: Final = ["status of 422"]
"""The answer with a key's secret, when it is asked for once more."""


@dataclass
class Story:
    """Who is in it, and how one looks at their pages."""

    vera: Visitor
    gus: Outsider
    editor: Editor
    url: str
    look: CheckPage


@pytest.fixture
def story(
    page_at: PageAt, check_page: CheckPage, installation: Installation, node: Path, tmp_path: Path
) -> Iterator[Story]:
    """Vera has opened the first page; her editor is installed; gus looks on from globex."""
    with hosted("python", node, tmp_path / "editor.log") as host:
        gus = Outsider(page_at("/app/", installation.cast.gus))
        vera = Visitor(page_at("/"), Tally())

        def look(page: Page, name: str) -> None:
            with vera.tally.paused():
                check_page(page, f"story-{name}", expected=RELOADED)
                keep(name)

        yield Story(vera, gus, Editor(host), f"{installation.base_url}/mcp/{TENANT}/utilities", look)


def test_a_stranger_becomes_a_company(
    story: Story, page_at: PageAt, installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    vera = story.vera
    sign_up(story)
    make_a_tenant(story)
    connect_the_editor(story)
    with capsys.disabled():
        print(f"Story: {vera.tally}, from the first page to the first call")
    assert vera.tally.seconds < MOST_SECONDS
    try_a_tool(story)
    deny_a_tool(story)
    assert call_with_key(story.url, key_of(installation.cast.gus, ["mcp:call"]), "slugify", text="x").status_code == 401
    make_a_key(story)
    confirm_the_address(story)
    noor = invite(story, page_at)
    join(story, noor)
    look_around(story)
    story.gus.finds_nothing_of(vera, TENANT)
    with capsys.disabled():
        print(f"Story: {vera.tally}, to the second person at work")


def sign_up(story: Story) -> None:
    """An address and a password; on at once, the mail can wait."""
    vera = story.vera
    vera.follow("Create your first server")
    vera.is_at("Create an account")
    vera.fill("E-mail", VERA)
    vera.fill("Password", PASSWORD)
    vera.press("Create account")
    vera.is_at("Make your tenant")


def make_a_tenant(story: Story) -> None:
    """A name; the name in URLs is suggested, and looked up."""
    vera = story.vera
    vera.fill("Name", "Lumen Labs")
    expect(vera.page.get_by_label("Name in URLs")).to_have_value(TENANT)
    vera.sees(f"Your pages will be at /app/{TENANT}/")
    vera.press("Create tenant")
    vera.is_at("Utilities")
    story.gus.finds_nothing_of(vera, TENANT)


def connect_the_editor(story: Story) -> None:
    """It opens the browser by itself, is let in, lists and calls; the page that waits sees it all."""
    vera, page = story.vera, story.vera.page
    vera.sees("Waiting for your first connection…")
    expect(page.get_by_text(story.url, exact=True).first).to_be_visible()
    page.evaluate("window.stayed = true")
    story.editor.connects(story.url, lambda url: let_in(story, url))
    assert "slugify" in story.editor.lists()
    vera.sees("Editor connected")
    assert "hello-lumen" in story.editor.calls("slugify", text="Hello, Lumen")
    vera.sees("slugify called")
    expect(page.locator(".step-done")).to_have_count(4)
    assert page.evaluate("window.stayed")


def let_in(story: Story, url: str) -> None:
    """What the editor opens: a window of Vera's browser. Gus, asked the same, is not let near."""
    with story.vera.tally.paused():
        story.gus.is_not_let_in(url)
    window = Visitor(story.vera.page.context.new_page(), story.vera.tally)
    window.page.goto(url)
    window.is_at("Let Editor use Utilities?")
    story.look(window.page, "consent")
    window.press("Allow")
    window.is_at("You may close this window")
    assert window.page.url.startswith("http://127.0.0.1:")
    window.page.close()


def try_a_tool(story: Story) -> None:
    """In the playground, through the real endpoint."""
    story.vera.follow("Playground")
    call_in_the_playground(story.vera, "text_statistics", text="one two three")
    expect(story.vera.page.locator("#result")).to_contain_text("words")
    story.look(story.vera.page, "playground")


def call_in_the_playground(visitor: Visitor, tool: str, **arguments: str) -> None:
    """Choose it, fill its form in, and see that it is done."""
    page = visitor.page
    visitor.click(page.locator("#tools").get_by_role("link", name=tool))
    for name, value in arguments.items():
        page.locator("#fields").get_by_label(name, exact=False).first.fill(value)
        visitor.tally.fields += 1
    visitor.press("Call")
    expect(page.locator("#status")).to_contain_text("done", timeout=PATIENCE_MS)


def deny_a_tool(story: Story) -> None:
    """From owners and callers: the editor, which acts for an owner, is refused from then on, and it is seen."""
    vera, page = story.vera, story.vera.page
    vera.goes_to("Permissions")
    for role in ("Owner", "Caller"):
        expect(cell(page, role, "slugify")).to_contain_text("Take away", timeout=PATIENCE_MS)
        vera.click(cell(page, role, "slugify"))
        expect(cell(page, role, "slugify")).to_contain_text("Allow", timeout=PATIENCE_MS)
    expect(cell(page, "Owner", "slugify")).to_contain_text("denied")
    assert "not granted" in story.editor.is_refused("slugify", text="once more")
    vera.goes_to("Calls")
    vera.sees(page.get_by_role("row", name="slugify").filter(has_text="denied · role owner"))
    story.look(page, "calls")
    vera.goes_to("Home")
    vera.sees("denied · role owner")
    story.gus.finds_nothing_of(vera, TENANT)


def cell(page: Page, role: str, target: str) -> Locator:
    """A role's cell for a target."""
    return page.get_by_role("button", name=f"{role}, {target}:")


def make_a_key(story: Story) -> None:
    """Shown once; what holds it calls; a look back shows nothing."""
    vera, page = story.vera, story.vera.page
    vera.goes_to("API keys")
    vera.follow("New key")
    vera.fill("Name", "Nightly report")
    vera.press("Make key")
    vera.is_at("Nightly report is ready")
    found = SECRET.search(page.content())
    assert found is not None
    story.look(page, "key")
    answer = call_with_key(story.url, found[0], "text_statistics", text="by night")
    assert answer.json()["result"]["structuredContent"]["words"] == 2
    page.reload()
    assert SECRET.search(page.content()) is None
    vera.goes_to("API keys")
    vera.sees(page.get_by_role("row", name="Nightly report"))


def confirm_the_address(story: Story) -> None:
    """Nobody is invited before; the mail has waited in the outbox."""
    vera = story.vera
    vera.goes_to("Members")
    vera.follow("Confirm your address to invite people")
    vera.follow("Open the development outbox")
    vera.opens_mail("Confirm your address")
    vera.sees(f"{VERA} is confirmed.")


def invite(story: Story, page_at: PageAt) -> Visitor:
    """Noor gets a mail; her browser is another one, and she has an account by now."""
    vera = story.vera
    vera.goes_to("Members")
    vera.follow("Invite people")
    vera.is_at("Invite people")
    vera.fill("E-mail addresses", NOOR)
    vera.click(vera.page.get_by_label("Caller:", exact=False))
    vera.press("Send invitations")
    vera.sees(f"We sent {NOOR} an invitation")
    noor = Visitor(page_at("/outbox/"), vera.tally)
    noor.opens_mail("Join Lumen Labs on Atrium")
    noor.is_at("Join Lumen Labs")
    noor.follow("Create an account")
    expect(noor.page.get_by_label("E-mail")).to_have_value(NOOR)
    expect(noor.page.get_by_label("E-mail")).to_be_disabled()
    noor.fill("Password", PASSWORD)
    noor.press("Create account")
    noor.is_at("Join Lumen Labs")
    return noor


def join(story: Story, noor: Visitor) -> None:
    """She sees what is hers: places, tools that were granted, her own calls; the rest is not even hinted at."""
    noor.press("Join Lumen Labs as caller")
    noor.is_at("Last 24 hours")
    places = noor.page.get_by_role("navigation", name="Main", exact=True).get_by_role("listitem")
    assert [each.strip() for each in places.all_inner_texts()] == PLACES_OF_A_CALLER
    for forbidden in ("members/", "permissions/", "clients/", "servers/new"):
        assert noor.page.context.request.get(f"/app/{TENANT}/{forbidden}").status == 403
    noor.goes_to("Calls")
    noor.sees("No call yet.")
    noor.goes_to("Playground")
    tools = noor.page.locator("#tools")
    noor.sees(tools.get_by_role("link", name="text_statistics"))
    expect(tools.get_by_role("link", name="slugify")).to_have_count(0)
    call_in_the_playground(noor, "time_now")
    noor.goes_to("Calls")
    noor.sees(noor.page.get_by_role("row", name="time_now"))
    expect(noor.page.get_by_role("row")).to_have_count(2)
    story.look(noor.page, "calls-of-a-caller")


def look_around(story: Story) -> None:
    """What Vera has by now, in pictures."""
    vera = story.vera
    vera.goes_to("Home")
    vera.sees(vera.page.get_by_role("row", name="time_now"))
    story.look(vera.page, "home")
    vera.goes_to("Servers")
    vera.follow("Utilities")
    vera.follow("Permissions")
    vera.sees("Role by tool")
    story.look(vera.page, "permissions")
    vera.follow("Connect")
    vera.sees("slugify called")
    story.look(vera.page, "connect")
