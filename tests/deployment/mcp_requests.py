"""Requests of both eras through the edge, under the public name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from tests.deployment.edge import PUBLIC_URL
from tests.deployment.installation import Installation
from tests.mcp_runtime.serving import modern_request

HOST = {"Host": urlsplit(PUBLIC_URL).netloc}
LEGACY = "2025-11-25"


def get(installation: Installation, path: str, **headers: str) -> httpx.Response:
    """Ask the edge for a path."""
    return httpx.get(installation.edge_url + path, headers={**HOST, **headers})


def modern(installation: Installation, method: str, *, key: str | None = None, **options: Any) -> dict[str, Any]:
    """The arguments of an httpx request to the demo server for one request of 2026-07-28."""
    request = modern_request(method, key or installation.key("demo"), **options)
    request["headers"].update(HOST)
    return {"method": "POST", "url": installation.edge_url + installation.path("demo"), "timeout": 30, **request}


def tool_call(installation: Installation, name: str, arguments: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The arguments of an httpx request for one `tools/call` of 2026-07-28."""
    return modern(installation, "tools/call", params={"name": name, "arguments": arguments}, **options)


@contextmanager
def decomposition(installation: Installation, size: int) -> Iterator[Iterator[dict[str, Any]]]:
    """A computation that takes a while and reports its progress; the messages of its stream, as they come."""
    request = tool_call(installation, "matrix_decomposition", {"size": size}, meta={"progressToken": "here"})
    with httpx.stream(**request) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in response.iter_lines() if line.startswith("data: {"))
        yield (msgspec.json.decode(line.removeprefix("data: ")) for line in lines)


class LegacyClient:
    """A client with a session of 2025-11-25. Each of its requests goes through the edge on its own."""

    def __init__(self, installation: Installation) -> None:
        self._url = installation.edge_url + installation.path("demo")
        self._headers = {
            **HOST,
            "Authorization": f"Bearer {installation.key('demo')}",
            "Accept": "application/json, text/event-stream",
        }
        information = {"name": "deployment", "version": "1"}
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": information}
        answer = self.request("initialize", params)
        self._headers["Mcp-Session-Id"] = answer.headers["mcp-session-id"]
        self._headers["MCP-Protocol-Version"] = LEGACY

    def request(self, method: str, params: dict[str, Any]) -> httpx.Response:
        """Send one request."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        return httpx.post(self._url, headers=self._headers, json=body)
