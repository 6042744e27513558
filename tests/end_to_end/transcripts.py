"""Runs other people's clients, each in a process of its own, and keeps what they saw for the tests to judge."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.fixtures.live import Live
from tests.fixtures.node import NODE_FOLDER
from tests.repository import PYTHON_PATH, ROOT

CLIENTS: Final = ROOT / "tests" / "end_to_end" / "clients"
LONG_SIZE: Final = 400
"""A matrix whose decomposition takes far longer than its first report of progress."""

PATIENCE_SECONDS: Final = 120
MODES: Final = {
    "python": ("legacy", "modern", "auto"),
    "typescript-1": ("legacy",),
    "typescript-2": ("legacy", "modern", "auto"),
}
ROUTES: Final = ("one-process", "two-replicas")
LEGACY: Final = "2025-11-25"
MODERN: Final = "2026-07-28"


class Case(NamedTuple):
    """One client in one mode, over one route. Its name is the name that the client gives itself."""

    client: str
    mode: str
    route: str

    @property
    def name(self) -> str:
        return f"{self.client}-{self.mode}-{self.route}"

    @property
    def era(self) -> str:
        """The revision that client and server should agree on."""
        return LEGACY if self.mode == "legacy" else MODERN


CASES: Final = [Case(client, mode, route) for client, modes in MODES.items() for mode in modes for route in ROUTES]


class Transcripts:
    """What every client saw. A client runs when it is first asked for, all of its modes and routes in one process."""

    def __init__(self, live: Live, proxy_url: str, node: Path) -> None:
        self._live = live
        self._node = node
        self._base_urls = {"one-process": live.base_url, "two-replicas": proxy_url}
        self.of_client = cache(self._of_client)

    def of(self, case: Case) -> dict[str, Any]:
        """The transcript of one case; fails where the client did not get through."""
        transcript: dict[str, Any] = self.of_client(case.client)[case.name]
        assert "failed" not in transcript, transcript["failed"]
        return transcript

    def _of_client(self, client: str) -> dict[str, Any]:
        runs = [self._run(case) for case in CASES if case.client == client]
        python = (sys.executable, "-m", "tests.end_to_end.clients.python_client")
        script = (str(self._node), str(CLIENTS / f"{client.replace('-', '_v')}.mjs"))
        finished = subprocess.run(
            python if client == "python" else script,
            cwd=ROOT if client == "python" else NODE_FOLDER,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": PYTHON_PATH},
            input=json.dumps({"runs": runs}),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr[-4000:]
        return dict(json.loads(finished.stdout))

    def _run(self, case: Case) -> dict[str, Any]:
        base_url = self._base_urls[case.route]
        return {
            "name": case.name,
            "mode": case.mode,
            "demo": self._live.endpoint("demo", base_url)._asdict(),
            "everything": self._live.endpoint("everything", base_url)._asdict(),
            "outsider_key": self._live.outsider().api_key,
            "long_size": LONG_SIZE,
        }
