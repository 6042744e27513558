"""The playground as tests use it: a server with something of everything, and its page."""

from typing import Final

from playwright.sync_api import Locator, Page, expect

from tenants.scope import tenant_scope
from tenants.selectors.servers import server_list
from tenants.services.servers import server_create
from tests.fixtures.cast import Cast

SLUG: Final = "bench"
PAGE: Final = f"/app/acme/playground/{SLUG}/"
OLDER: Final = "2025-11-25"


def bench_create(cast: Cast) -> None:
    """A server with all fixtures of the public suite: results of every kind, questions, tasks. Made once a module."""
    tenant, actor = cast.acme.tenant, cast.ada.actor
    with tenant_scope(tenant):
        is_there = server_list().filter(slug=SLUG).exists()
    if not is_there:
        server_create(tenant=tenant, actor=actor, slug=SLUG, name="Bench", toolkits=["conformance"])


def field(page: Page, name: str) -> Locator:
    """A field of the form, by what it is called."""
    return page.locator("#fields").get_by_label(name, exact=False).first


def send(page: Page, word: str = "Call") -> None:
    """Press what calls, reads or gets."""
    page.locator("#call").get_by_role("button", name=word, exact=True).click()


def came(page: Page, word: str) -> None:
    """Wait until the call has come out so."""
    expect(page.locator("#status")).to_contain_text(word)


def wire(page: Page) -> Locator:
    """What went over the wire for the last call."""
    page.get_by_role("tab", name="Wire").click()
    return page.locator("#wire .wire-run").first
