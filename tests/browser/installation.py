"""A running installation for the tests of a process, and what a module of them finds in it: the cast, nothing else."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.test import Client, override_settings

from tests.browser.served import ENVIRONMENT, WRITTEN_DOWN
from tests.fixtures.cast import Cast, Person, cast_build
from tests.fixtures.database import database_copied
from tests.fixtures.process import Process, answers, free_port
from tests.fixtures.store import ValkeyServer
from tests.repository import PYTHON_PATH

START_SECONDS: Final = 60.0
TOOLKIT: Final = "[atrium.toolkits]\npayments = tests.browser.payments_toolkit:toolkit\n"
DATABASE: Final = "atrium.sqlite3"


@dataclass(slots=True)
class Installation:
    """What is served, and the people whose pages are looked at."""

    base_url: str
    cast: Cast
    environment: dict[str, str]
    directory: Path
    _sessions: dict[str, str] = field(default_factory=dict)

    def session_of(self, person: Person) -> dict[str, Any]:
        """The cookie of somebody who is signed in, made in the database without the page for it."""
        email = person.user.email
        if email not in self._sessions:
            client = Client()
            client.force_login(person.user)
            self._sessions[email] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return {"name": settings.SESSION_COOKIE_NAME, "value": self._sessions[email], "url": self.base_url}

    @contextmanager
    def outside(self, port: int) -> Iterator[None]:
        """Whatever the installation asks for of others is on this port of loopback, until the end of the block."""
        written = self.directory / WRITTEN_DOWN
        written.write_text(str(port), encoding="ascii")
        try:
            yield
        finally:
            written.unlink()

    @contextmanager
    def housekeeping(self) -> Iterator[Process]:
        """A worker with its clock beside it, for stories that need the audit drained or a job run."""
        queues = ("--queues", "tools,housekeeping", "--concurrency", "1")
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
        clock = ("--beat", "--schedule", str(self.directory / "beat-schedule"))
        command = (sys.executable, "-m", "celery", "-A", "control_plane", "worker", *queues, *quiet, *clock)
        log = self.directory / "worker.log"
        with Process(command, log, {**self.environment, "ATRIUM_PROCESS": "worker"}) as worker:
            worker.wait_until(lambda: "ready." in worker.output(), START_SECONDS)
            yield worker


@dataclass(frozen=True, slots=True)
class Service:
    """Web and runtime in a process that serves, one module of tests after the other, whatever its database holds."""

    base_url: str
    environment: dict[str, str]
    directory: Path

    @contextmanager
    def furnished(self, store: ValkeyServer) -> Iterator[Installation]:
        """With nothing but the cast in its database, which is this process's database until the end of the block."""
        here = override_settings(REDIS_URL=store.url, PUBLIC_URL=self.base_url, EMBEDDED=True)
        with database_copied(self.directory / DATABASE), here:
            store.empty()
            cast = cast_build()
            yield Installation(self.base_url, cast, self.environment, self.directory)


@contextmanager
def serving(directory: Path, store_url: str) -> Iterator[Service]:
    """Start one, on a database that is migrated and empty."""
    port = free_port()
    base_url = f"http://127.0.0.1:{port}"
    environment = {
        "ATRIUM_DATA_DIR": str(directory),
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{directory / DATABASE}",
        "REDIS_URL": store_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": f"{PYTHON_PATH}:{_installed(directory / 'site')}",
        **ENVIRONMENT,
    }
    command = (sys.executable, "-m", "tests.browser.served", "embedded", "--with-parent")
    with database_copied(directory / DATABASE):
        pass
    with Process(command, directory / "web.log", environment) as web:
        web.wait_until(lambda: answers(f"{base_url}/livez"), START_SECONDS)
        yield Service(base_url, environment, directory)


def _installed(site: Path) -> Path:
    """A folder of packages in which a toolkit is installed, as pip writes it down."""
    metadata = site / "payments_of_tests-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: payments-of-tests\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(TOOLKIT, "utf-8")
    return site
