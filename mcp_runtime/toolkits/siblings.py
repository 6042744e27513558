"""The other tools of a server, for a tool that asks them."""

from typing import Any, Protocol

from mcp_runtime.calls.results import ToolResult


class NotCallable(Exception):  # noqa: N818 - reads as the state it reports
    """The caller can't have this tool asked now. `reason` is one of not_granted, has_effects, background, nested,
    arguments, limited."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Siblings(Protocol):
    """Calls them for whoever called, with nothing but what that caller may."""

    async def call(self, tool_id: str, arguments: dict[str, Any], seconds: float) -> ToolResult:
        """Call the tool of this id, for so long at most. Raises NotCallable."""
