"""Cancelling ends the computation itself, wherever it runs, and not only the waiting for it: the processor is idle."""

import http.client
import itertools
import json
from collections.abc import Callable
from contextlib import closing
from threading import Event
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.transcripts import LEGACY, MODERN
from tests.fixtures.live import Endpoint, Live
from tests.fixtures.process import processor_seconds
from tests.fixtures.waiting import until

pytestmark = pytest.mark.processes

LONGEST: Final = {"size": 1000}
"""Computes for the better part of a minute."""

SAMPLE_SECONDS: Final = 0.4
META: Final = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "plain-http", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
numbers: Final = itertools.count(1)


def load(live: Live) -> float:
    """How many processors the installation keeps busy, measured over a moment."""
    before = sum(map(processor_seconds, live.pids))
    Event().wait(SAMPLE_SECONDS)
    return (sum(map(processor_seconds, live.pids)) - before) / SAMPLE_SECONDS


def post(endpoint: Endpoint, message: dict[str, Any], **headers: str) -> http.client.HTTPConnection:
    """Send one message; the connection, with its answer to be read."""
    parts = urlsplit(endpoint.url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    always = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    authorization = {"Authorization": f"Bearer {endpoint.api_key}"}
    body = json.dumps({"jsonrpc": "2.0", **message})
    connection.request("POST", parts.path, body, {**always, **authorization, **named})
    return connection


def notified(endpoint: Endpoint, method: str, params: dict[str, Any], **headers: str) -> None:
    with closing(post(endpoint, {"method": method, "params": params}, **headers)) as connection:
        assert connection.getresponse().status == 202


def modern_call(endpoint: Endpoint, tool: str) -> Callable[[], None]:
    """Start the long call; what cancels it is closing its stream."""
    params = {"name": tool, "arguments": LONGEST, "_meta": META}
    headers = {"MCP_Protocol_Version": MODERN, "Mcp_Method": "tools/call", "Mcp_Name": tool}
    message = {"id": next(numbers), "method": "tools/call", "params": params}
    connection = post(endpoint, message, **headers)
    answer = connection.getresponse()
    assert answer.status == 200

    def cancel() -> None:
        answer.close()
        connection.close()

    return cancel


def legacy_call(endpoint: Endpoint, tool: str) -> Callable[[], None]:
    """Start the long call in a session; what cancels it is a notification, which comes to the other replica."""
    client = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "plain-http", "version": "1"}}
    with closing(post(endpoint, {"id": 0, "method": "initialize", "params": client})) as connection:
        headers = {"Mcp_Session_Id": connection.getresponse().headers["Mcp-Session-Id"], "MCP_Protocol_Version": LEGACY}
    notified(endpoint, "notifications/initialized", {}, **headers)
    number = next(numbers)
    params = {"name": tool, "arguments": LONGEST}
    connection = post(endpoint, {"id": number, "method": "tools/call", "params": params}, **headers)
    assert connection.getresponse().status == 200

    def cancel() -> None:
        notified(endpoint, "notifications/cancelled", {"requestId": number, "reason": "enough"}, **headers)
        connection.close()

    return cancel


@pytest.fixture(params=["background", "inline"])
def tool(request: pytest.FixtureRequest) -> str:
    """The long tool on a worker, and in a replica itself."""
    inline = request.param == "inline"
    return str(request.getfixturevalue("inline_decomposition")) if inline else "matrix_decomposition"


@pytest.fixture(params=[modern_call, legacy_call], ids=["modern", "legacy"])
def cancel(request: pytest.FixtureRequest, live: Live, proxy_url: str, tool: str) -> Callable[[], None]:
    """Cancels a call that was sent to one of two replicas."""
    return request.param(live.endpoint("demo", proxy_url), tool)


def test_the_processor_is_idle_again(cancel: Callable[[], None], live: Live) -> None:
    until(lambda: load(live) > 0.3, 15)
    cancel()
    until(lambda: load(live) < 0.15, 8)
