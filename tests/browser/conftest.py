"""Chromium on a running installation, with people who are signed in."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import routes_seen
from tests.browser.examination import CheckPage, PageAt, Watched, examine, settled
from tests.browser.installation import Installation, Service, serving
from tests.browser.windows import Windows
from tests.fixtures.cast import Person
from tests.fixtures.process import Process
from tests.fixtures.store import ValkeyServer
from tests.repository import run

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

expect.set_options(timeout=20_000)  # a busy machine is no finding


def chromium() -> str:
    """The browser's binary, installed first where it is missing. Without one, tests are skipped, but never in CI."""
    done = run("bash", "tests/setup/chromium.sh")
    if found := next(filter(None, map(shutil.which, NAMES)), None):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"There is no Chromium: {done.stderr}")
    pytest.skip(f"There is no Chromium: {done.stderr}")


@pytest.fixture(scope="session")
def browser(node: Any) -> Iterator[Browser]:
    """One Chromium for all tests. Node brings axe-core."""
    # Playwright's loop runs in this very thread, where Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def service(
    browser: Browser,
    valkey: ValkeyServer,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    """What serves the pages, started once."""
    with django_db_blocker.unblock(), serving(tmp_path_factory.mktemp("installation"), valkey.url) as started:
        yield started


@pytest.fixture(scope="module")
def installation(service: Service, valkey: ValkeyServer, django_db_blocker: Any) -> Iterator[Installation]:
    """Running, with the cast; the tests of a module share it."""
    with django_db_blocker.unblock(), service.furnished(valkey) as furnished:
        yield furnished


@pytest.fixture(scope="module")
def housekeeping(installation: Installation) -> Iterator[Process]:
    """A worker and its clock: calls reach the database, background tools run."""
    with installation.housekeeping() as worker:
        yield worker


@pytest.fixture
def no_foreign_store(settings: Any, valkey: ValkeyServer) -> None:
    """Services that a test calls announce their changes to the installation's own store."""
    settings.REDIS_URL = valkey.url


@pytest.fixture
def watched() -> Watched:
    """What the browser complained of during this test."""
    return Watched()


@pytest.fixture(scope="session")
def windows(browser: Browser, service: Service) -> Windows:
    """Those that tests have left, on the one address at which every module's installation is."""
    return Windows(browser, service.base_url)


@pytest.fixture
def page_at(windows: Windows, installation: Installation, watched: Watched) -> Iterator[PageAt]:
    """Opens a path, as somebody who is signed in or as a stranger: `page_at("/app/acme/", cast.ada, phone=True)`.

    Each time it is another browser, as far as the page can tell: with `kept=False` one that no test uses again.
    Further options are those of a context of Playwright (`color_scheme`, `java_script_enabled`, …).
    """
    with windows.lent(watched) as lent:

        def opened(
            path: str, person: Person | None = None, *, phone: bool = False, kept: bool = True, **options: Any
        ) -> Page:
            page = lent.opened(phone=phone, kept=kept, **options)
            if person is not None:
                page.context.add_cookies([installation.session_of(person)])
            page.goto(path)
            if options.get("java_script_enabled", True):
                settled(page)
            return page

        yield opened


@pytest.fixture
def check_page(watched: Watched) -> CheckPage:
    """`check_page(page, "members")`: no complaint, no serious finding of axe, whole on a phone."""

    def checked(page: Page, name: str, **options: Any) -> None:
        settled(page)
        routes_seen.note(page.url)
        examine(page, name, watched, **options)

    return checked


def pytest_testnodedown(node: Any) -> None:
    """What a worker's tests have looked at."""
    routes_seen.SEEN.update(getattr(node, "workeroutput", {}).get("routes_seen", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run of all these tests fails where they have left a page out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["routes_seen"] = sorted(routes_seen.SEEN)
    elif session.testsfailed == 0 and routes_seen.SEEN and routes_seen.is_everything(session.config):
        unseen = routes_seen.unseen()
        if unseen:
            print(f"\nNo test looks at these pages (check_page): {', '.join(unseen)}")
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
