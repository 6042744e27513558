"""One `tools/call` whose answer is an event stream, over a connection that is kept, and what came when."""

import http.client
import json
from dataclasses import dataclass
from time import time
from typing import Any
from urllib.parse import urlsplit

from benchmarks.calls import PROTOCOL_VERSION


class CallFailed(Exception):  # noqa: N818 - reads as what happened
    """A call was not answered with its result."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A call's result, how many reports of progress came before it, and when the request was sent and the result was
    there, in Unix time."""

    result: dict[str, Any]
    reports: int
    sent: float
    answered: float

    @property
    def milliseconds(self) -> float:
        """From the request to its result."""
        return (self.answered - self.sent) * 1000


class Caller:
    """A client with one connection to one server."""

    def __init__(self, url: str, api_key: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=30)
        self._path, self._api_key, self._number = parts.path, api_key, 0

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def call(self, tool: str, text: str) -> Answer:
        """Call, and read until the result. Raises CallFailed."""
        self._number += 1
        meta = {
            "io.modelcontextprotocol/protocolVersion": PROTOCOL_VERSION,
            "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
            "progressToken": self._number,
        }
        params = {"name": tool, "arguments": {"text": text}, "_meta": meta}
        message = {"jsonrpc": "2.0", "id": self._number, "method": "tools/call", "params": params}
        body, headers = json.dumps(message).encode(), self._headers(tool)
        sent = time()
        self._connection.request("POST", self._path, body, headers)
        response = self._connection.getresponse()
        reports, answer = 0, None
        while line := response.readline():
            if line.startswith(b"data: {"):
                found = json.loads(line.removeprefix(b"data: "))
                if "result" in found:
                    answer = Answer(found["result"], reports, sent, time())
                reports += found.get("method") == "notifications/progress"
        if answer is None or answer.result.get("isError") or answer.result["structuredContent"].get("text") != text:
            raise CallFailed(f"{tool} was answered with {response.status} and {answer}.")
        return answer

    def _headers(self, tool: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._api_key}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": PROTOCOL_VERSION,
            "Mcp-Method": "tools/call",
            "Mcp-Name": tool,
        }
