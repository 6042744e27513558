"""Other people's clients follow tasks, over two replicas without affinity: TypeScript 1.x those of 2025-11-25, the
others those of 2026-07-28's extension, by the seams that their SDKs have for it."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.transcripts import CLIENTS
from tests.fixtures.live import Live
from tests.fixtures.node import NODE_FOLDER
from tests.repository import PYTHON_PATH, run

pytestmark = pytest.mark.processes


def test_a_client_follows_lists_and_cancels_its_tasks(live: Live, proxy_url: str, node: Path) -> None:
    server = json.dumps(live.endpoint("demo", proxy_url)._asdict())
    finished = run(str(node), str(CLIENTS / "typescript_tasks.mjs"), server, cwd=NODE_FOLDER)
    assert finished.returncode == 0, finished.stderr
    seen = json.loads(finished.stdout)
    first, *_, last = seen["completed"]
    assert (first["type"], first["task"]["status"], last["type"]) == ("taskCreated", "working", "result")
    values = last["result"]["structuredContent"]["singular_values"]
    assert len(values) == 4
    related = {"taskId": first["task"]["taskId"]}
    assert last["result"]["_meta"]["io.modelcontextprotocol/related-task"] == related
    assert seen["cancelled"]["status"] == "cancelled"
    statuses = {task["taskId"]: task["status"] for task in seen["tasks"]}
    assert statuses[related["taskId"]] == "completed"
    assert statuses[seen["cancelled"]["taskId"]] == "cancelled"


def check(seen: list[dict[str, Any]]) -> None:
    """What a client saw of a task that ended, of one that asked, and of one that it gave up."""
    computed, asked, cancelled = seen
    assert computed["seen"][0] == "working"
    assert len(computed["result"]["structuredContent"]["singular_values"]) == 4
    assert (asked["outcome"], "input_required" in asked["seen"]) == ("completed", True)
    assert asked["result"]["content"][0]["text"] == "notes.txt was deleted"
    assert (cancelled["outcome"], cancelled["result"]) == ("cancelled", None)


def test_the_python_client_follows_tasks_of_the_extension(live: Live, proxy_url: str) -> None:
    servers = json.dumps({name: live.endpoint(name, proxy_url)._asdict() for name in ("demo", "everything")})
    client = (sys.executable, "-m", "tests.end_to_end.clients.python_tasks", servers)
    finished = run(*client, PYTHONPATH=PYTHON_PATH)
    assert finished.returncode == 0, finished.stderr
    check(json.loads(finished.stdout))


def test_the_typescript_client_follows_tasks_of_the_extension(live: Live, proxy_url: str, node: Path) -> None:
    servers = json.dumps({name: live.endpoint(name, proxy_url)._asdict() for name in ("demo", "everything")})
    finished = run(str(node), str(CLIENTS / "typescript_tasks_v2.mjs"), servers, cwd=NODE_FOLDER)
    assert finished.returncode == 0, finished.stderr
    check(json.loads(finished.stdout))
