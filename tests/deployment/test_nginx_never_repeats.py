"""A call that was sent is not sent again: nobody knows what it has done already."""

from pathlib import Path

import httpx
import pytest

from tests.deployment.conftest import Behind
from tests.deployment.edge import edge
from tests.fixtures.process import free_port

pytestmark = pytest.mark.processes


def test_a_call_that_was_cut_off_is_not_repeated(behind: Behind) -> None:
    answer = httpx.post(f"{behind.url}/mcp/acme/drop", content=b"{}")
    assert behind.seen() == ["/mcp/acme/drop"]
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["error"]["data"] == {"type": "unavailable"}


def test_a_replica_that_is_away_costs_no_call(behind: Behind, tmp_path: Path) -> None:
    alive = behind.runtimes[0]
    with edge(tmp_path / "edge", runtime_ports=[free_port(), alive.port], web_port=behind.web.port) as url:
        answers = [httpx.post(f"{url}/mcp/acme/demo", content=b"{}").text for _ in range(6)]
    assert answers == ["runtime-1"] * 6
    assert len(alive.seen) == 6
