"""What connects to the company's server: an editor that signs its user in, and a program with a key."""

from typing import Any, Final

import httpx
import pytest

from tests.end_to_end.oauth.real_clients import AtTheBrowser, ClientError, Host, Kind, RealClient

EDITOR: Final = Kind("python", "auto", "registration", "127.0.0.1")
VERSION: Final = "2026-07-28"
META: Final = "io.modelcontextprotocol/"


class Editor:
    """The Python SDK with its own OAuth, in a process of its own; its callback listens on this machine."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._client: RealClient | None = None

    def connects(self, url: str, at_the_browser: AtTheBrowser) -> None:
        """To the server, by way of its user's browser."""
        self._client = self._host.start(url, EDITOR)
        self._client.ask("connect", at_the_browser)

    def lists(self) -> list[str]:
        """The names of the tools."""
        return list(self._connected.ask("list"))

    def calls(self, tool: str, **arguments: Any) -> str:
        """The text of a tool's result."""
        return str(self._connected.ask("call", tool=tool, arguments=arguments)["content"][0]["text"])

    def is_refused(self, tool: str, **arguments: Any) -> str:
        """What the editor tells its user of a call that was not allowed."""
        with pytest.raises(ClientError) as refused:
            self.calls(tool, **arguments)
        return refused.value.message

    @property
    def _connected(self) -> RealClient:
        assert self._client is not None
        return self._client


def call_with_key(url: str, key: str, tool: str, **arguments: Any) -> httpx.Response:
    """What a program without a person sends."""
    meta = {
        f"{META}protocolVersion": VERSION,
        f"{META}clientCapabilities": {},
        f"{META}clientInfo": {"name": "Nightly report", "version": "1"},
    }
    params = {"name": tool, "arguments": arguments, "_meta": meta}
    headers = {
        "Authorization": f"Bearer {key}",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": VERSION,
        "Mcp-Method": "tools/call",
        "Mcp-Name": tool,
    }
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    return httpx.post(url, json=body, headers=headers, timeout=30)
