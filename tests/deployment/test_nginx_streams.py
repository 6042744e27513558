"""Streams go through nginx event by event, and end behind it when the client goes."""

import httpx
import pytest

from tests.deployment.conftest import Behind

pytestmark = pytest.mark.processes


def streaming(behind: Behind) -> int:
    """Which of the two runtimes is serving the stream."""
    return next(index for index, runtime in enumerate(behind.runtimes) if runtime.seen)


def test_an_event_arrives_before_the_next_one_is_made(behind: Behind) -> None:
    with httpx.stream("POST", f"{behind.url}/mcp/acme/stream", content=b"{}", timeout=10) as response:
        lines = (line for line in response.iter_lines() if line.startswith("data:"))
        assert next(lines) == "data: first"
        behind.runtimes[streaming(behind)].next_event.set()
        assert next(lines) == "data: second"


def test_a_client_that_goes_is_gone_behind_the_edge_too(behind: Behind) -> None:
    with httpx.stream("POST", f"{behind.url}/mcp/acme/stream", content=b"{}", timeout=10) as response:
        assert next(response.iter_lines()) == "data: first"
    assert behind.runtimes[streaming(behind)].disconnected.wait(timeout=5)
