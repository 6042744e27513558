"""What runs beside `make run`: one more runtime on its stores; and alone: the target of `make bench`."""

import json
import signal
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.control_plane.processes.asking import INITIALIZE, posted
from tests.control_plane.processes.installation import Installation, descendants_of, wait_until_gone
from tests.fixtures.process import Process, answers, free_port

pytestmark = pytest.mark.processes


def test_a_further_runtime_takes_the_same_credentials_and_refuses_the_same(
    installation: Installation, tmp_path: Path
) -> None:
    port = free_port()
    command = (sys.executable, "-m", "control_plane.serve", "runtime", "--port", str(port))
    demo = installation.demo()
    with Process(command, tmp_path / "log", {"ATRIUM_DATA_DIR": str(installation.data_dir)}) as runtime:
        runtime.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 30)
        url = f"http://127.0.0.1:{port}/mcp/acme/demo"
        status, answer = posted(url, demo["servers"]["demo"]["api_key"], "initialize", INITIALIZE)
        assert (status, answer["result"]["serverInfo"]["name"]) == (200, "demo")
        assert posted(url, demo["outsider"]["api_key"], "initialize", INITIALIZE)[0] == 401
        assert runtime.stop() == 0


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


def test_make_passes_the_signal_on(tmp_path: Path) -> None:
    with Installation(tmp_path / "data", command=("make", "run")) as installation:
        installation.wait_until_up()
        children = installation.descendants()
        installation.end(signal.SIGTERM)
        wait_until_gone(children)
        assert "Everything is stopped." in installation.output()
