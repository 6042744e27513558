"""Other people's clients are asked by tools, over two replicas without affinity: their answers reach another replica
than the one that waits. In the older revisions the stream with the question breaks as well."""

import json
import sys
from pathlib import Path

import pytest

from tests.end_to_end.transcripts import CLIENTS
from tests.fixtures.live import Live, ProxyFactory
from tests.fixtures.node import NODE_FOLDER
from tests.repository import PYTHON_PATH, run

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def cutting_proxy(proxy_to: ProxyFactory) -> str:
    """A proxy that lets through where to come back, and the question: the rest of a stream is to be fetched."""
    return proxy_to("--cut-after", "2")


def check(answers: list[str]) -> None:
    """What the tools made of the answers."""
    elicited, sampled, roots = answers
    assert elicited.endswith('action=accept, content={"username": "ada", "email": "Who are you?"}')
    assert sampled == "LLM response: You said Hello"
    assert roots == "file:///projects/ada"


@pytest.mark.parametrize("mode", ["legacy", "modern", "auto"])
def test_the_python_client_is_asked(live: Live, proxy_url: str, cutting_proxy: str, mode: str) -> None:
    server = json.dumps(live.endpoint("everything", cutting_proxy if mode == "legacy" else proxy_url)._asdict())
    client = (sys.executable, "-m", "tests.end_to_end.clients.python_asked", mode, server)
    finished = run(*client, PYTHONPATH=PYTHON_PATH)
    assert finished.returncode == 0, finished.stderr
    *answers, by_worker = json.loads(finished.stdout)
    check(answers)
    assert by_worker == "notes.txt was deleted"


@pytest.mark.parametrize(("script", "cut"), [("typescript_asked.mjs", True), ("typescript_asked_v2.mjs", False)])
def test_the_typescript_clients_are_asked(
    live: Live, proxy_url: str, cutting_proxy: str, node: Path, script: str, cut: bool
) -> None:
    server = json.dumps(live.endpoint("everything", cutting_proxy if cut else proxy_url)._asdict())
    finished = run(str(node), str(CLIENTS / script), server, cwd=NODE_FOLDER)
    assert finished.returncode == 0, finished.stderr
    check(json.loads(finished.stdout))
