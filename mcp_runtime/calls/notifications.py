"""From what a tool reports to notifications on the stream of its request, in the field's own form."""

from typing import Any, Final

from mcp_runtime.calls.call import Call, Emit
from mcp_runtime.redaction import without_secrets
from mcp_runtime.toolkits.context import Notification, Progress

LEVELS: Final = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")
"""MCP's log levels, least severe first (RFC 5424)."""

NOTIFICATIONS_AT_MOST: Final = 10_000
"""Per call: a tool that reports without end must not fill the stream of a slow client."""


class Notifier:
    """Passes on what the client asked for: progress where it sent a token, log messages from the level it named."""

    __slots__ = ("_emit", "_left", "_level", "_token")

    def __init__(self, call: Call, emit: Emit) -> None:
        token = call.meta.get("progressToken")
        self._emit: Emit | None = emit
        self._token = token if type(token) in (str, int) else None
        self._level = None if call.log_level is None else LEVELS.index(call.log_level)
        self._left = NOTIFICATIONS_AT_MOST

    def __call__(self, notification: Notification) -> None:
        """Send it, unless nobody asked for it or the call has ended (progress stops at completion)."""
        if self._emit is None or self._left <= 0:
            return
        if isinstance(notification, Progress):
            if self._token is not None:
                self._send("notifications/progress", {"progressToken": self._token, **_progress(notification)})
        elif self._level is not None and LEVELS.index(notification.level) >= self._level:
            message: dict[str, Any] = {"level": notification.level, "data": without_secrets(notification.data)}
            if notification.logger is not None:
                message["logger"] = notification.logger
            self._send("notifications/message", message)

    def close(self) -> None:
        """The call has ended: whatever still comes is dropped."""
        self._emit = None

    def _send(self, method: str, params: dict[str, Any]) -> None:
        if self._emit is not None:
            self._left -= 1
            self._emit(method, params)


def _progress(report: Progress) -> dict[str, Any]:
    values = {"progress": report.progress, "total": report.total, "message": report.message}
    return {name: value for name, value in values.items() if value is not None}
