"""Windows of the browser, each in a context of its own, kept for the tests that come later: to start a renderer and to
fetch and compile the same scripts anew for each takes longer than most tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.examination import DESKTOP, PHONE, WATCH_VIOLATIONS, Watched, sized

NOWHERE: Final = "/livez"
"""A page of the same origin that runs no script: what is stored can be thrown away there."""
FORGET: Final = "localStorage.clear(); sessionStorage.clear()"

Kind = tuple[tuple[str, Any], ...]


class Windows:
    """Those that nobody uses, by what they were opened with. What a test leaves in one, the next doesn't find: cookies,
    storage, permissions, routes, further windows are gone; what is kept is the cache of files that say they may be."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self._browser, self._base_url = browser, base_url
        self._free: dict[Kind, list[Page]] = {}

    @contextmanager
    def lent(self, watched: Watched) -> Iterator["Lent"]:
        """Those of a test, which are taken back at its end."""
        lent = Lent(self, watched)
        yield lent
        for kind, page in lent.pages:
            page.context.remove_listener("page", watched.watch)
            watched.ignore(page)
            if kind is None or page.is_closed():
                page.context.close()
            else:
                _forget(page)
                self._free.setdefault(kind, []).append(page)

    def take(self, kind: Kind) -> Page:
        """One that is free, or a new one."""
        free = self._free.get(kind)
        return free.pop() if free else self._opened(**dict(kind))

    def _opened(self, *, phone: bool, **options: Any) -> Page:
        size = PHONE if phone else DESKTOP
        context = self._browser.new_context(base_url=self._base_url, viewport=size, reduced_motion="reduce", **options)
        context.add_init_script(WATCH_VIOLATIONS)
        return context.new_page()


class Lent:
    """The windows that a test has opened."""

    def __init__(self, windows: Windows, watched: Watched) -> None:
        self.pages: list[tuple[Kind | None, Page]] = []
        self._windows, self._watched = windows, watched

    def opened(self, *, phone: bool, kept: bool, **options: Any) -> Page:
        """One that is empty. It is not `kept` where what the test does to it can't be undone, such as to its clock."""
        kind: Kind = (("phone", phone), *sorted(options.items()))
        page = self._windows.take(kind)
        sized(page, PHONE if phone else DESKTOP)
        self._watched.watch(page)
        page.context.on("page", self._watched.watch)
        self.pages.append((kind if kept else None, page))
        return page


def _forget(page: Page) -> None:
    context: BrowserContext = page.context
    for other in context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.goto(NOWHERE)
    page.evaluate(FORGET)
    context.clear_cookies()
    context.clear_permissions()
