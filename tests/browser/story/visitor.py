"""Somebody at a browser: what they click and fill in is counted, and the time is that of the machine."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.examination import settled

PATIENCE_MS: Final = 30_000
"""For whatever comes by itself; the first call of a day on a busy machine is slow."""

THE_LINK: Final = re.compile("/confirm-email/|/invitations/")


@dataclass
class Tally:
    """What it took to get somewhere."""

    clicks: int = 0
    fields: int = 0
    _began: float = field(default_factory=monotonic)
    _aside: float = 0.0

    @property
    def seconds(self) -> float:
        """Since the beginning, without what the test did beside the story."""
        return monotonic() - self._began - self._aside

    @contextmanager
    def paused(self) -> Iterator[None]:
        """For what no visitor does: pictures and examinations."""
        began = monotonic()
        try:
            yield
        finally:
            self._aside += monotonic() - began

    def __str__(self) -> str:
        return f"{self.clicks} clicks, {self.fields} fields, {self.seconds:.1f} s"


class Visitor:
    """One person in one window. Where they have been is kept, for those who must not get there."""

    def __init__(self, page: Page, tally: Tally) -> None:
        self.page = page
        self.tally = tally
        self.visited: list[str] = []
        page.on("framenavigated", lambda _: self._arrived())

    def click(self, what: Locator) -> None:
        """Once it can be clicked."""
        what.click(timeout=PATIENCE_MS)
        self.tally.clicks += 1

    def press(self, name: str) -> None:
        """A button, by its words."""
        self.click(self.page.get_by_role("button", name=name, exact=True).first)

    def follow(self, name: str) -> None:
        """A link, by its words."""
        self.click(self.page.get_by_role("link", name=name, exact=True).first)

    def goes_to(self, name: str) -> None:
        """A place of the navigation."""
        navigation = self.page.get_by_role("navigation", name="Main", exact=True)
        self.click(navigation.get_by_role("link", name=name, exact=True))

    def fill(self, label: str, text: str) -> None:
        """A field, by its label."""
        self.page.get_by_label(label, exact=True).fill(text, timeout=PATIENCE_MS)
        self.tally.fields += 1

    def sees(self, what: Locator | str) -> None:
        """Wait until it is there."""
        shown = self.page.get_by_text(what).first if isinstance(what, str) else what
        expect(shown).to_be_visible(timeout=PATIENCE_MS)

    def is_at(self, heading: str) -> None:
        """Wait for the page of this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=PATIENCE_MS)
        settled(self.page)

    def opens_mail(self, subject: str) -> None:
        """Follow the link of the newest mail of this subject, in the outbox that is on the screen."""
        self.is_at("Development outbox")
        mail = self.page.locator(".card").filter(has=self.page.get_by_role("heading", name=subject)).first
        self.click(mail.get_by_role("link").filter(has_text=THE_LINK))

    def _arrived(self) -> None:
        path = urlsplit(self.page.url).path
        if path not in self.visited:
            self.visited.append(path)
