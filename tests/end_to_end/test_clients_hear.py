"""Other people's clients hear that a tool was switched on, over two replicas without affinity: in 2026-07-28 by
listening, in the older revisions on the stream that they open by themselves."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.transcripts import CLIENTS
from tests.fixtures.live import Live
from tests.fixtures.node import NODE_FOLDER
from tests.fixtures.waiting import until
from tests.repository import PYTHON_PATH, ROOT, run

pytestmark = pytest.mark.processes

START_SECONDS = 30.0
BOUND_SECONDS = 5.0


@contextmanager
def listening(command: list[str], folder: Path, output: Path) -> Iterator[Path]:
    """A client that listens; where it writes down what it hears."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": PYTHON_PATH}
    with output.open("w") as file, subprocess.Popen(command, cwd=folder, env=environment, stdout=file) as process:
        try:
            until(lambda: "open" in output.read_text().split(), START_SECONDS)
            yield output
        finally:
            process.kill()


def test_clients_hear_that_a_tool_was_added(live: Live, proxy_url: str, node: Path, tmp_path: Path) -> None:
    server = json.dumps(live.endpoint("demo", proxy_url)._asdict())
    python = [sys.executable, "-m", "tests.end_to_end.clients.python_listening"]
    typescript = [str(node), str(CLIENTS / "typescript_listening_v2.mjs")]
    clients = {
        "python-modern": ([*python, "modern", server], ROOT),
        "python-legacy": ([*python, "legacy", server], ROOT),
        "python-auto": ([*python, "auto", server], ROOT),
        "typescript-1": ([str(node), str(CLIENTS / "typescript_listening.mjs"), server], NODE_FOLDER),
        "typescript-2-modern": ([*typescript, "modern", server], NODE_FOLDER),
        "typescript-2-legacy": ([*typescript, "legacy", server], NODE_FOLDER),
    }
    with ExitStack() as stack:
        outputs = [
            stack.enter_context(listening(command, folder, tmp_path / name))
            for name, (command, folder) in clients.items()
        ]
        assert not any("hanged" in output.read_text() for output in outputs)
        where = {"PYTHONPATH": PYTHON_PATH, "ATRIUM_DATA_DIR": str(live.data_dir)}
        assert run(sys.executable, "-m", "tests.end_to_end.inline_tool", "heard_of", **where).returncode == 0
        until(lambda: all("hanged" in output.read_text() for output in outputs), BOUND_SECONDS)
