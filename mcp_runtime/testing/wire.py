"""What both eras of the protocol have in common, seen from the client of a toolkit's tests."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import msgspec

from mcp_runtime.testing.exchange import InProcessExchange
from mcp_runtime.testing.installation import Installation

Hear = Callable[[dict[str, Any]], None]
"""What is told every notification that comes before an answer."""


class RequestFailed(Exception):  # noqa: N818 - reads as what happened
    """The answer is a JSON-RPC error. `type` is the short name that docs/errors.md lists, `status` is HTTP's."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{error.get('message', '')} ({error.get('code')})")
        self.status = status
        self.code: int = error.get("code", 0)
        self.message: str = error.get("message", "")
        self.data: dict[str, Any] = error.get("data") or {}

    @property
    def type(self) -> str:
        """What went wrong, as a short name."""
        return str(self.data.get("type", ""))


class CallCancelled(Exception):  # noqa: N818 - reads as what happened
    """The test has cancelled this call."""


class Wire(Protocol):
    """One client's way to its server, in one revision of the protocol."""

    async def open(self) -> None:
        """Do what comes before the first request."""

    async def request(self, method: str, params: dict[str, Any], hear: Hear, *, as_task: bool = False) -> Any:
        """Ask, answer what the server asks in between, and wait for the result. Cancelling this cancels the request as
        clients of the revision do. `as_task` has a call of a tool answered by way of a task. Raises RequestFailed."""

    def listening(self, uris: Sequence[str]) -> AbstractAsyncContextManager[AsyncIterator[dict[str, Any]]]:
        """What the server says unasked while this is open: that lists, and these resources, have changed."""

    async def close(self) -> None:
        """Do what comes after the last request."""


class Line:
    """Requests to the one server of an installation."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self._record = installation.record

    def send(self, message: Any, headers: dict[str, str], *, method: str = "POST") -> InProcessExchange:
        """One HTTP request with a JSON-RPC message, or with none."""
        sent = {
            "authorization": f"Bearer {self._record.key}",
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            **headers,
        }
        body = b"" if message is None else msgspec.json.encode(message)
        return InProcessExchange(self.installation.application, method, self._record.path, sent, body)


def result_of(exchange: InProcessExchange, message: dict[str, Any]) -> Any:
    """The result of a response. Raises RequestFailed."""
    if "error" in message:
        raise RequestFailed(exchange.status, message["error"])
    return message["result"]
