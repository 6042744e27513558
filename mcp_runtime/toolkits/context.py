"""What a running tool may say and ask: progress, log messages, and whether anybody still waits for it."""

import asyncio
from collections.abc import Callable
from math import isfinite
from threading import get_ident
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from mcp_runtime.contract.announcements import RESOURCE_UPDATED
from mcp_runtime.contract.trace_context import TraceContext
from mcp_runtime.toolkits.asking import Asker
from mcp_runtime.toolkits.questions import Questions
from mcp_runtime.toolkits.siblings import Siblings

LOG_LEVELS: Final = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
"""The levels of MCP 2026-07-28 server/utilities/logging, least severe first."""


URI_LENGTH: Final = 2_048


class Cancelled(Exception):  # noqa: N818 - reads as the state it reports
    """Nobody waits for this call any more."""


class Progress(Struct, frozen=True):
    """How far a call is; `total` is None where the tool cannot know it."""

    progress: float
    total: float | None = None
    message: str | None = None


class LogMessage(Struct, frozen=True):
    """One log message of a tool; `data` is any JSON value."""

    level: str
    data: Any
    logger: str | None = None


Notification = Progress | LogMessage


class Cancellation:
    """A flag that goes up once and stays; set and read from any thread."""

    __slots__ = ("reason",)

    def __init__(self) -> None:
        self.reason: str | None = None

    def set(self, reason: str = "cancelled") -> None:
        """Raise the flag; the first reason is kept."""
        if self.reason is None:
            self.reason = reason

    def is_set(self) -> bool:
        """Whether the flag is up."""
        return self.reason is not None


class Context(Questions):
    """The line between one running tool and the runtime. A tool gets it as a parameter annotated `Context`.

    What says something is not awaited and works on the event loop and in threads alike; `emit` always runs on the loop
    that the context was made on. What is said after the call has ended goes nowhere. What asks something is in
    `Questions`.

    `idempotency_key` names the effect of this call: the same for every attempt at one job, and for nothing else. Send
    it along where the other side takes one. `attempt` counts from 1. `trace` is the trace that the client's request is
    a part of, None where it says nothing: `trace.headers()` carry it on to whatever the tool calls. `user` is the id of
    the person behind the call, None where there is none. `log_level` is the least severe level that is wanted; None
    wants no log messages. `goes_on` says that the client calls again with answers to what an earlier call asked.
    `siblings` are the other tools of the server; None where they can't be called from here.
    """

    __slots__ = (
        "_announce",
        "_cancellation",
        "_closed",
        "_emit",
        "_highest",
        "attempt",
        "call_id",
        "goes_on",
        "idempotency_key",
        "log_level",
        "principal",
        "siblings",
        "tenant",
        "trace",
        "user",
    )

    def __init__(  # noqa: PLR0913 - what a context is the line between, each by name
        self,
        *,
        emit: Callable[[Notification], None],
        cancellation: Cancellation,
        tenant: str,
        principal: str,
        call_id: str,
        idempotency_key: str = "",
        attempt: int = 1,
        announce: Callable[[str, str], None] | None = None,
        asker: Asker | None = None,
        trace: TraceContext | None = None,
        user: str | None = None,
        log_level: str | None = None,
        goes_on: bool = False,
        siblings: Siblings | None = None,
    ) -> None:
        super().__init__(asker, asyncio.get_running_loop(), get_ident())
        self._emit, self._announce = emit, announce
        self._cancellation = cancellation
        self._highest: float | None = None
        self._closed = False
        self.tenant = tenant
        self.principal = principal
        self.call_id = call_id
        self.idempotency_key = idempotency_key or call_id
        self.attempt = attempt
        self.trace = trace
        self.user, self.log_level, self.goes_on, self.siblings = user, log_level, goes_on, siblings

    def shared(self, *, emit: Callable[[Notification], None], cancellation: Cancellation, asker: Asker) -> "Context":
        """A context of the same call for work that is done for others too, and may outlast this call."""
        return Context(
            emit=emit,
            cancellation=cancellation,
            tenant=self.tenant,
            principal=self.principal,
            call_id=self.call_id,
            idempotency_key=self.idempotency_key,
            announce=self._announce,
            asker=asker,
            trace=self.trace,
            user=self.user,
            log_level=self.log_level,
            siblings=self.siblings,
        )

    def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Say how far the call is. A value that is not above the one before is dropped, for the specification wants
        them to increase (MCP 2026-07-28 basic/patterns/progress). Raises ValueError on a value that is no number."""
        if not isfinite(progress) or (total is not None and not isfinite(total)):
            raise ValueError("progress and total must be finite numbers")
        self._send(Progress(progress, total, message))

    def log(self, level: str, data: Any, logger: str | None = None) -> None:
        """Send a log message to the client, which gets it where it asked for this level.

        Raises ValueError on an unknown level and TypeError on data that is not JSON.
        """
        if level not in LOG_LEVELS:
            raise ValueError(f"{level!r} is no log level; use one of {', '.join(LOG_LEVELS)}")
        self._send(LogMessage(level, msgspec.to_builtins(data, str_keys=True), logger))

    def resource_updated(self, uri: str) -> None:
        """Tell every client that subscribed to this resource that it has changed (MCP server/resources, Subscriptions).

        It reaches all of this server's, whoever they belong to, so name only what all of them may know of. Raises
        ValueError on a URI that is empty or longer than 2,048 characters.
        """
        if not 0 < len(uri) <= URI_LENGTH:
            raise ValueError(f"a URI has 1 to {URI_LENGTH} characters")
        self._tell_everybody(RESOURCE_UPDATED, uri)

    def list_changed(self, what: Literal["tools", "resources", "prompts"]) -> None:
        """Tell every client that listens to list them again. What is switched on the dashboard is told without this."""
        self._tell_everybody(f"notifications/{what}/list_changed", "")

    @property
    def cancelled(self) -> bool:
        """Whether the client cancelled, went away, or the time is up."""
        return self._cancellation.is_set()

    def raise_if_cancelled(self) -> None:
        """Leave a long computation: raises Cancelled once nobody waits for it."""
        if self._cancellation.is_set():
            raise Cancelled(self._cancellation.reason)

    def close(self, reason: str | None = None) -> None:
        """The call has ended: send nothing more, and where a reason is given, tell a tool still running to stop."""
        self._closed = True
        if reason is not None:
            self._cancellation.set(reason)

    def _tell_everybody(self, method: str, topic: str) -> None:
        if self._announce is not None and not self._closed and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._announce, method, topic)

    def _send(self, notification: Notification) -> None:
        if get_ident() == self._loop_thread:
            self._deliver(notification)
        elif not self._closed and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, notification)

    def _deliver(self, notification: Notification) -> None:
        # Only ever on the loop, so that threads of one tool cannot race past the comparison.
        if self._closed or self._cancellation.is_set():
            return
        if isinstance(notification, Progress):
            if self._highest is not None and notification.progress <= self._highest:
                return
            self._highest = notification.progress
        self._emit(notification)
