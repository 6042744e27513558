"""Calls that are running on streams: so that a client can cancel them, and a revocation ends them."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from mcp_runtime.calls.authorization import SCOPE_CALL
from mcp_runtime.protocol.jsonrpc import RequestId

RequestKey = tuple[str, str, str, RequestId]
"""(server, principal, session, request id): never the request id alone."""

CANCELLED_BY_CLIENT: Final = "cancelled"
REVOKED: Final = "revoked"
CLOSED: Final = "closed"
"""By a person, on the pages or over the management API."""


class RunningCall:
    """One call under way. `ended_by` says who ended it, once somebody did. `key` is for legacy requests."""

    __slots__ = ("_cancel", "_scopes", "digest", "ended_by", "expires_at", "key", "server", "task", "tool")

    def __init__(self, key: RequestKey | None) -> None:
        self.key = key
        self.task: asyncio.Task[bytes] | None = None
        self.digest = self.server = self.tool = self.ended_by = ""
        self.expires_at: float | None = None
        self._cancel: Callable[[], None] | None = None
        self._scopes: tuple[str, ...] = ()

    def begin(
        self,
        task: "asyncio.Task[bytes]",
        *,
        digest: str,
        expires_at: float | None,
        server: str,
        tool: str,
        cancel: Callable[[], None] | None = None,
        scopes: tuple[str, ...] = (),
    ) -> None:
        """It runs from now on: under which credential, with which scopes, on which server, as which tool. `cancel` is
        `Lasting.cancel`."""
        self.task, self.digest, self.expires_at, self.server, self.tool = task, digest, expires_at, server, tool
        self._cancel, self._scopes = cancel, scopes

    def yields_to(self, scopes: tuple[str, ...]) -> bool:
        """Whether a credential with these scopes may cancel it: one that may only read stops nothing that was called
        with more."""
        return SCOPE_CALL in scopes or SCOPE_CALL not in self._scopes

    def end(self, reason: str) -> None:
        """Stop it; the first reason stands."""
        if self.task is not None and not self.task.done():
            if not self.ended_by and self._cancel is not None:
                self._cancel()
            self.ended_by = self.ended_by or reason
            self.task.cancel()


class RunningCalls:
    """All of this replica's."""

    def __init__(self) -> None:
        self._calls: set[RunningCall] = set()
        self._by_request: dict[RequestKey, RunningCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[RunningCall]:
        return iter(list(self._calls))

    def add(self, call: RunningCall) -> bool:
        """Register it; False where its session has a request of that id under way."""
        if call.key is not None:
            if self._by_request.get(call.key, call) is not call:
                return False
            self._by_request[call.key] = call
        self._calls.add(call)
        return True

    def remove(self, call: RunningCall) -> None:
        """It has ended."""
        self._calls.discard(call)
        if call.key is not None and self._by_request.get(call.key) is call:
            del self._by_request[call.key]

    def cancel(self, key: RequestKey, scopes: tuple[str, ...]) -> bool:
        """The client no longer wants it; False where this replica does not run it."""
        call = self._by_request.get(key)
        if call is None:
            return False
        if call.yields_to(scopes):
            call.end(CANCELLED_BY_CLIENT)
        return True
