"""What every page must be: without complaints of the browser, usable for everybody, and whole at every width."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import ConsoleMessage, Page

from tests.repository import ROOT

AXE: Final = ROOT / ".cache" / "node" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS: Final = ROOT / ".cache" / "screenshots"
DESKTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 844}
SERIOUS: Final = ("serious", "critical")

EVERY_RULE: Final = ""
LOOKS: Final = (
    ("light", "light", DESKTOP, EVERY_RULE),
    ("dark", "dark", DESKTOP, ", runOnly: ['color-contrast']"),
    ("phone", "light", PHONE, ", rules: {'color-contrast': {enabled: false}}"),
)
"""How a page is looked at, and what axe-core is asked each time: another theme changes colours alone, another width
everything but them."""

WATCH_VIOLATIONS: Final = """
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) => {
  console.error(`Content-Security-Policy: ${effectiveDirective} forbids ${blockedURI} in ${sourceFile}`);
});
"""
SETTLED: Final = """async () => {
  await document.fonts.ready;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const isBusy = () => document.querySelector(".htmx-request, .htmx-swapping") !== null;
  for (let still = 0; still < 2; still = isBusy() ? 0 : still + 1) await frame();
}"""
COVERED: Final = "document.querySelector('dialog[open], [data-drawer]') !== null"
"""What lies over the page is drawn for the window, not for the whole length of the page."""
DRESS: Final = """(theme) => {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}"""
BEYOND_THE_EDGE: Final = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
  .filter((element) => !element.closest("[data-scroll], .tabs, pre"))
  .map((element) => `${element.tagName.toLowerCase()}.${element.className}`).slice(0, 5)"""


@dataclass
class Watched:
    """What the browser has complained of on a page so far."""

    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen from now on."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


def settled(page: Page) -> None:
    """Wait for the fonts, and for whatever htmx is fetching."""
    page.wait_for_load_state("load")
    page.evaluate(SETTLED)


def axe_findings(page: Page, rules: str = EVERY_RULE) -> list[str]:
    """What axe-core finds on the page as it is now, as far as it is serious."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(f"axe.run(document, {{resultTypes: ['violations'], preload: false{rules}}})")["violations"]
    return [_words(rule, node) for rule in found if rule["impact"] in SERIOUS for node in rule["nodes"]]


def _words(rule: dict[str, Any], node: dict[str, Any]) -> str:
    return f"{rule['impact']} {rule['id']}: {node['html'][:160]} ({node['failureSummary']})"


def examine(page: Page, name: str, watched: Watched, *, expected: Sequence[str] = ()) -> None:
    """Look at a page in light, in dark and on a phone, and keep a picture of each where PICTURES is set.

    `expected` are parts of complaints that belong to the page: the browser notes it when a page itself is a 404.
    """
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    chosen = page.evaluate("document.documentElement.dataset.theme ?? ''")
    problems: list[str] = []
    for kind, theme, size, rules in LOOKS:
        _dress(page, theme, size)
        problems += [f"{kind}: {finding}" for finding in axe_findings(page, rules)]
        problems += [f"{kind}: {edge} is beyond the edge" for edge in _beyond_the_edge(page)]
        if os.environ.get("PICTURES"):
            page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=not page.evaluate(COVERED))
    _dress(page, chosen, DESKTOP)
    problems += [each for each in watched.complaints if not any(words in each for words in expected)]
    assert problems == [], f"{name} ({page.url})"


def _dress(page: Page, theme: str, size: dict[str, int]) -> None:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.evaluate(DRESS, theme)
    page.evaluate("scrollTo(0, 0)")
    settled(page)


def _beyond_the_edge(page: Page) -> list[str]:
    if page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        return []
    return page.evaluate(BEYOND_THE_EDGE) or ["something"]


CheckPage = Callable[..., None]
PageAt = Callable[..., Page]
