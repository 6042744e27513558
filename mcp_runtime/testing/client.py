"""The client that a toolkit's tests use."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from mcp_runtime.calls.results import ResourceContents, ToolResult
from mcp_runtime.ending import end_all
from mcp_runtime.testing.changes import Changes
from mcp_runtime.testing.installation import Installation
from mcp_runtime.testing.wire import CallCancelled, Wire
from mcp_runtime.toolkits.completion import Completion
from mcp_runtime.toolkits.context import LogMessage, Notification, Progress
from mcp_runtime.toolkits.messages import PromptMessage
from mcp_runtime.toolkits.testing import Called

Listen = Callable[[Notification, Callable[[], None]], None]
"""Told each notification as it comes, with what cancels the call."""


@dataclass(frozen=True, slots=True)
class Answer(Called):
    """A finished call: what `Called` tells, and `sent`, the result as the server sent it."""

    sent: dict[str, Any]


class ToolkitClient:
    """Asks the server that offers the toolkits. Everything raises RequestFailed where the server refuses."""

    def __init__(self, installation: Installation, wire: Wire, *, tasks: bool = False) -> None:
        self._installation, self._wire, self._tasks = installation, wire, tasks

    async def call(self, tool: str, arguments: dict[str, Any] | None = None, *, listen: Listen | None = None) -> Answer:
        """Call a tool and wait for it, in the background or not. An error of the tool's own is an answer with
        `is_error`. Raises CallCancelled where `listen` has cancelled it."""
        said: list[Notification] = []
        is_cancelled = False

        def stop() -> None:
            nonlocal is_cancelled
            is_cancelled = True
            asking.cancel()

        def hear(message: dict[str, Any]) -> None:
            notification = _notification(message)
            if notification is not None and not is_cancelled:
                said.append(notification)
                if listen is not None:
                    listen(notification, stop)

        params = {"name": tool, "arguments": arguments or {}}
        asking = asyncio.ensure_future(self._wire.request("tools/call", params, hear, as_task=self._is_task(tool)))
        try:
            result = await asking
        except asyncio.CancelledError:
            await self._installation.settle()
            if is_cancelled:
                raise CallCancelled(f"the test has cancelled {tool}") from None
            raise
        return Answer(_tool_result(result), said, result)

    async def read(self, uri: str) -> list[ResourceContents]:
        """Read a resource."""
        result = await self.request("resources/read", {"uri": uri})
        return msgspec.convert(result["contents"], list[ResourceContents])

    async def prompt(self, name: str, arguments: dict[str, str] | None = None) -> list[PromptMessage]:
        """The messages of a prompt."""
        result = await self.request("prompts/get", {"name": name, "arguments": arguments or {}})
        return msgspec.convert(result["messages"], list[PromptMessage])

    async def complete(
        self, of: str, argument: str, typed: str = "", known: dict[str, str] | None = None
    ) -> Completion:
        """What is suggested for an argument of a prompt (by name), or for a variable of a template (by its text)."""
        is_template = any(spec.uri_template == of for spec in self._installation.record.server.templates)
        reference = {"type": "ref/resource", "uri": of} if is_template else {"type": "ref/prompt", "name": of}
        params: dict[str, Any] = {"ref": reference, "argument": {"name": argument, "value": typed}}
        if known:
            params["context"] = {"arguments": known}
        found = (await self.request("completion/complete", params))["completion"]
        return Completion(found["values"], found.get("total"), found.get("hasMore", False))

    async def list_tools(self) -> list[dict[str, Any]]:
        """The tools, as clients see them."""
        return await self._list("tools")

    async def list_resources(self) -> list[dict[str, Any]]:
        """The resources, as clients see them."""
        return await self._list("resources")

    async def list_templates(self) -> list[dict[str, Any]]:
        """The resource templates, as clients see them."""
        return await self._list("resources/templates", "resourceTemplates")

    async def list_prompts(self) -> list[dict[str, Any]]:
        """The prompts, as clients see them."""
        return await self._list("prompts")

    @asynccontextmanager
    async def listening(self, *uris: str) -> AsyncIterator[Changes]:
        """While this is open, hear what the server says unasked: that lists, and these resources, have changed."""
        async with self._wire.listening(uris) as messages:
            changes = Changes()
            hearing = asyncio.create_task(changes.hear(messages))
            try:
                yield changes
            finally:
                await end_all([hearing])

    async def request(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """The result of any other request."""
        return await self._wire.request(method, params or {}, lambda _: None)

    async def _list(self, method: str, field: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: dict[str, Any] = {}
        while True:
            result = await self.request(f"{method}/list", cursor)
            found += result[field or method]
            if "nextCursor" not in result:
                return found
            cursor = {"cursor": result["nextCursor"]}

    def _is_task(self, tool: str) -> bool:
        """Whether the call is to become a task: one in the background that must, or may where that is chosen."""
        spec = next((spec for spec in self._installation.record.server.tools if spec.name == tool), None)
        return spec is not None and spec.mode == "background" and (spec.task_required or self._tasks)


def _notification(message: dict[str, Any]) -> Notification | None:
    params = message.get("params", {})
    if message["method"] == "notifications/progress":
        return msgspec.convert(params, Progress)
    if message["method"] == "notifications/message":
        return msgspec.convert(params, LogMessage)
    return None


def _tool_result(result: dict[str, Any]) -> ToolResult:
    fields = {"content": result["content"], "is_error": result.get("isError", False), "meta": result.get("_meta")}
    if "structuredContent" in result:
        fields["structured"] = result["structuredContent"]
    return msgspec.convert(fields, ToolResult)
