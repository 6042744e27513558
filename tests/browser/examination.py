"""What every page must be: without complaints of the browser, usable for everybody, and whole at every width."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from playwright.sync_api import ConsoleMessage, Error, Page

from tests.repository import ROOT

AXE: Final = ROOT / ".cache" / "node" / "node_modules" / "axe-core" / "axe.min.js"
SCREENSHOTS: Final = ROOT / ".cache" / "screenshots"
DESKTOP: Final = {"width": 1280, "height": 800}
PHONE: Final = {"width": 390, "height": 844}
SERIOUS: Final = ("serious", "critical")

LOOKS: Final = (
    ("light", "light", DESKTOP, "every"),
    ("dark", "dark", DESKTOP, "colours"),
    ("phone", "light", PHONE, "but colours"),
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
  scrollTo(0, 0);
}"""
FINDINGS: Final = """async ([serious, asked]) => {
  const canBe = (impact) => serious.includes(impact);
  const checksOf = ({ any, all, none }) => [...any, ...all, ...none].map((check) => check.id ?? check);
  const isAsked = (rule) => rule.enabled && !rule.tags.includes("experimental")
    && (asked === "every" || (asked === "colours") === (rule.id === "color-contrast"))
    && (canBe(rule.impact) || checksOf(rule).some((check) => canBe(axe._audit.data.checks[check]?.impact)));
  const runOnly = axe._audit.rules.filter(isAsked).map(({ id }) => id);
  const { violations } = await axe.run(document, { runOnly, reporter: "no-passes", preload: false });
  return violations.filter(({ impact }) => canBe(impact)).flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.html.slice(0, 160)} (${node.failureSummary})`));
}"""
"""What axe-core finds on the page as it is now. A rule whose findings are never serious is not asked: what is found
would be let pass."""
BEYOND_THE_EDGE: Final = """() => {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const beyond = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .filter((element) => !element.closest("[data-scroll], .tabs, pre"))
    .map((element) => `${element.tagName.toLowerCase()}.${element.className}`).slice(0, 5);
  return beyond.length ? beyond : ["something"];
}"""
LOOK: Final = f"""async ([serious, theme, asked]) => {{
  ({DRESS})(theme);
  await ({SETTLED})();
  const findings = await ({FINDINGS})([serious, asked]);
  return [...findings, ...({BEYOND_THE_EDGE})().map((edge) => `${{edge}} is beyond the edge`)];
}}"""


@dataclass
class Watched:
    """What the browser has complained of on a page so far."""

    complaints: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen from now on."""
        page.on("console", self._heard)
        page.on("pageerror", self._failed)

    def ignore(self, page: Page) -> None:
        """Listen no longer."""
        page.remove_listener("console", self._heard)
        page.remove_listener("pageerror", self._failed)

    def _failed(self, error: Error) -> None:
        self.complaints.append(f"uncaught: {error}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


def settled(page: Page) -> None:
    """Wait for the fonts, and for whatever htmx is fetching."""
    page.wait_for_load_state("load")
    page.evaluate(SETTLED)


def sized(page: Page, size: dict[str, int]) -> None:
    """As wide and high as this."""
    if page.viewport_size != size:
        page.set_viewport_size(size)  # type: ignore[arg-type]


def examine(page: Page, name: str, watched: Watched, *, expected: Sequence[str] = ()) -> None:
    """Look at a page in light, in dark and on a phone, and keep a picture of each where PICTURES is set.

    `expected` are parts of complaints that belong to the page: the browser notes it when a page itself is a 404.
    """
    chosen = page.evaluate("document.documentElement.dataset.theme ?? ''")
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_axe())
    problems: list[str] = []
    for kind, theme, size, asked in LOOKS:
        sized(page, size)
        problems += [f"{kind}: {each}" for each in page.evaluate(LOOK, [SERIOUS, theme, asked])]
        if os.environ.get("PICTURES"):
            SCREENSHOTS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENSHOTS / f"{name}-{kind}.png", full_page=not page.evaluate(COVERED))
    sized(page, DESKTOP)
    page.evaluate(DRESS, chosen)
    settled(page)
    problems += [each for each in watched.complaints if not any(words in each for words in expected)]
    assert problems == [], "\n".join([f"{name} ({page.url})", *problems])


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


CheckPage = Callable[..., None]
PageAt = Callable[..., Page]
