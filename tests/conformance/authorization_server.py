"""The public suite's scenarios for authorization servers, with a person who completes what it waits for.

The suite prints the URL of an authorization and listens for the answer; the person opens it, signs in, and consents.
"""

import re
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import Final, NamedTuple

import httpx

from tests.conformance.suite import SUITE, Scenario, SuiteDidNotRun, results
from tests.end_to_end.oauth.browser import Browser
from tests.fixtures.live import Live
from tests.fixtures.process import free_port

REVISIONS: Final = ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")
SCENARIOS: Final = ("authorization-server-metadata-endpoint", "authorization-code-grant")
PATIENCE_SECONDS: Final = 60
AT_ONCE: Final = 4
AUTHORIZATION: Final = re.compile(r"^https?://\S+[?&]response_type=code\S*", re.MULTILINE)


class Run(NamedTuple):
    """Of one revision: whether the client says for which server it wants a token, or its person does."""

    revision: str
    names_its_server: bool

    def __str__(self) -> str:
        return f"{self.revision}-{'with' if self.names_its_server else 'without'}-resource"


RUNS: Final = tuple(Run(revision, named) for revision in REVISIONS for named in (True, False))


class Owner:
    """The demo tenant's, in one browser, who lets every client in to one server."""

    def __init__(self, live: Live, server: str) -> None:
        self._credentials, self._browser = live.demo["owner"], Browser(live.base_url)
        self.resource = live.endpoint(server).url
        self._browser.submit(
            self._browser.open(f"{live.base_url}/accounts/login/"),
            login=self._credentials["email"],
            password=self._credentials["password"],
        )

    def let_in(self, url: str, *, choosing: bool) -> None:
        """Consent, after choosing the server where the client names none."""
        page = self._browser.open(url)
        if choosing:
            page = self._browser.submit(page, server=self.resource, decision="allow")
        self._browser.submit(page, decision="allow")


def authorization_run(node: Path, live: Live, folder: Path) -> Mapping[Run, Mapping[str, Scenario]]:
    """All of them, some at once. Raises SuiteDidNotRun where one left no results."""
    registration = {"client_name": "Conformance", "redirect_uris": ["http://127.0.0.1/callback"]}
    registered = httpx.post(f"{live.base_url}/oauth/register", json=registration).raise_for_status().json()
    owner = Owner(live, "demo")
    command = (str(node), str(SUITE), "authorization", "--url", live.base_url, "--client-id", registered["client_id"])
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = threads.map(lambda run: _one(command, owner, run, folder / str(run)), RUNS)
        return dict(zip(RUNS, found, strict=True))


def _one(command: tuple[str, ...], owner: Owner, run: Run, output: Path) -> Mapping[str, Scenario]:
    resource = ("--resource", owner.resource) if run.names_its_server else ()
    options = ("-p", str(free_port()), "-o", str(output), "--spec-version", run.revision)
    said = []
    with subprocess.Popen((*command, *options, *resource), stdout=subprocess.PIPE, text=True) as process:
        deadline = Timer(PATIENCE_SECONDS, process.kill)
        deadline.start()
        for line in process.stdout or ():
            said.append(line)
            if AUTHORIZATION.match(line):
                owner.let_in(line.strip(), choosing=not run.names_its_server)
        deadline.cancel()
    found = {scenario.name: scenario for scenario in results(output)} if output.is_dir() else {}
    if not found:
        raise SuiteDidNotRun("".join(said))
    return found
