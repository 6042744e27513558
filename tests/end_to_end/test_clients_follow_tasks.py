"""The official TypeScript client follows tasks of 2025-11-25, over two replicas without affinity."""

import json
from pathlib import Path

import pytest

from tests.end_to_end.transcripts import CLIENTS
from tests.fixtures.live import Live
from tests.fixtures.node import NODE_FOLDER
from tests.repository import run

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
