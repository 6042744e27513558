"""What runs without `make run`: the target of `make bench`."""

import json
import signal
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.control_plane.processes.asking import INITIALIZE, posted
from tests.control_plane.processes.installation import descendants_of, wait_until_gone
from tests.fixtures.process import Process, free_port

pytestmark = pytest.mark.processes


def test_the_target_of_the_bench_answers_counts_and_leaves_nothing(tmp_path: Path) -> None:
    port = free_port()
    command = (sys.executable, "manage.py", "bench_target", "--port", str(port))
    with Process(command, tmp_path / "log", {"TMPDIR": str(tmp_path)}) as target:
        target.wait_until(lambda: target.output().endswith("\n"), 60)
        announced = json.loads(target.output().splitlines()[0])
        assert announced["url"] == f"http://127.0.0.1:{port}/mcp/bench/echo"

        meta = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": INITIALIZE["clientInfo"],
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        status, answer = posted(
            announced["url"],
            announced["api_key"],
            "tools/call",
            {"name": "echo", "arguments": {"text": "hello"}, "_meta": meta},
            **{"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "echo"},
        )
        assert status == 200
        assert answer["result"]["content"] == [{"type": "text", "text": "hello"}]
        assert answer["result"]["structuredContent"] == {"result": "hello"}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
            assert "atrium_audit_events_total 1.0" in response.read().decode()

        children = descendants_of(target.process.pid)
        assert len(children) == 2
        target.process.send_signal(signal.SIGTERM)
        assert target.process.wait(40) == 0
        wait_until_gone(children)
    assert list(tmp_path.glob("atrium-bench-*")) == []
