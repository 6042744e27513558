"""The Inspector's command line, run the way a person or a smoke test runs it."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.fixtures.live import Endpoint
from tests.fixtures.node import NODE_FOLDER

PROGRAM: Final = NODE_FOLDER / "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js"
PATIENCE_SECONDS: Final = 60
REFUSED_STATUS: Final = 3
TOOL_ERROR_STATUS: Final = 5
"""Exit statuses of the Inspector: no good credential; no such tool, or a result with isError."""


class Answer(NamedTuple):
    """How one invocation ended, and the JSON document it wrote."""

    status: int
    document: dict[str, Any]


class Inspector:
    """One protocol era, and a home directory of its own: the Inspector keeps credentials there."""

    def __init__(self, node: Path, home: Path, era: str) -> None:
        self._node = node
        self._era = era
        self._environment = {"PATH": os.environ["PATH"], "HOME": str(home)}

    def _command(self, url: str, api_key: str | None, method: str, options: tuple[str, ...]) -> list[str]:
        authorization = ["--header", f"Authorization: Bearer {api_key}"] if api_key else []
        server = ["--server-url", url, "--transport", "http", "--protocol-era", self._era, "--stored-auth-only"]
        output = ["--format", "json", "--quiet"]
        return [str(self._node), str(PROGRAM), "--cli", *server, *authorization, *output, "--method", method, *options]

    def ask(self, url: str, api_key: str | None, method: str, *options: str) -> Answer:
        """Run to the end."""
        ran = subprocess.run(
            self._command(url, api_key, method, options),
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return Answer(ran.returncode, json.loads(ran.stdout or ran.stderr))

    def call(self, endpoint: Endpoint, tool: str, arguments: dict[str, Any], *options: str) -> Answer:
        """Call a tool."""
        return self.ask(*endpoint, "tools/call", *call_options(tool, arguments), *options)

    @contextmanager
    def calling(
        self, endpoint: Endpoint, tool: str, arguments: dict[str, Any], *options: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A call that runs while the block does; whatever is left of it then is killed."""
        command = self._command(*endpoint, "tools/call", (*call_options(tool, arguments), *options))
        process = subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def call_options(tool: str, arguments: dict[str, Any]) -> tuple[str, ...]:
    return ("--tool-name", tool, "--tool-args-json", json.dumps(arguments))
