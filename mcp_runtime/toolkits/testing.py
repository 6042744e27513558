"""For the tests of toolkits: call a tool as a client would, without a network or a runtime.

>>> call(toolkit, "slugify", {"text": "Grüß Gott"}).structured
{'slug': 'gruss-gott'}
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from msgspec import UNSET

from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from mcp_runtime.calls.results import ERROR_META, TextContent, ToolResult
from mcp_runtime.contract.tools import ToolDefinition, ToolSpec
from mcp_runtime.toolkits.context import Cancellation, Context, LogMessage, Notification, Progress
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.primitive_testing import (
    complete,
    complete_async,
    get_prompt,
    get_prompt_async,
    read,
    read_async,
    text_of,
)
from mcp_runtime.toolkits.registry import ToolkitRegistry

__all__ = [
    "Called",
    "SchemaMismatch",
    "call",
    "call_async",
    "complete",
    "complete_async",
    "get_prompt",
    "get_prompt_async",
    "read",
    "read_async",
    "specification_of",
    "text_of",
]

Listener = Callable[[Notification, Cancellation], None]


class SchemaMismatch(AssertionError):  # noqa: N818 - reads as the state it reports
    """The arguments do not fit the tool's input schema, or the result not its output schema."""


@dataclass(frozen=True, slots=True)
class Called:
    """A finished call, with everything the tool said on the way, in order."""

    result: ToolResult
    notifications: list[Notification]

    @property
    def structured(self) -> Any:
        """The structured content, None where there is none."""
        return None if self.result.structured is UNSET else self.result.structured

    @property
    def text(self) -> str:
        """The text blocks of the result, joined by line feeds."""
        return "\n".join(block.text for block in self.result.content if isinstance(block, TextContent))

    @property
    def is_error(self) -> bool:
        """Whether the tool answered that something was wrong."""
        return self.result.is_error

    @property
    def error_type(self) -> str | None:
        """The type of the ToolError that ended the call, None where none did."""
        kind: str | None = (self.result.meta or {}).get(ERROR_META, {}).get("type")
        return kind

    @property
    def progress(self) -> list[Progress]:
        """The progress that reached the client."""
        return [said for said in self.notifications if isinstance(said, Progress)]

    @property
    def logs(self) -> list[LogMessage]:
        """The log messages."""
        return [said for said in self.notifications if isinstance(said, LogMessage)]


def specification_of(definition: ToolDefinition) -> ToolSpec:
    """The tool as a server would offer it under its own name."""
    return ToolSpec(
        id=f"{definition.toolkit}.{definition.name}",
        name=definition.name,
        input_schema=definition.input_schema,
        output_schema=definition.output_schema,
        config={"toolkit": definition.toolkit, "tool": definition.name},
        quick=definition.quick,
    )


def _check(schema: dict[str, Any] | None, value: Any, what: str) -> None:
    if schema is None:
        return
    errors = [f"{error.instance_path}: {error.message}" for error in jsonschema_rs.iter_errors(schema, value)]
    if errors:
        raise SchemaMismatch(f"{what}: {'; '.join(errors)}")


async def call_async(
    toolkit: Toolkit, tool: str, arguments: dict[str, Any] | None = None, *, listen: Listener | None = None
) -> Called:
    """Like `call`, for tests that have an event loop."""
    arguments = arguments or {}
    definition = toolkit.bound(tool).definition
    _check(definition.input_schema, arguments, f"arguments of {tool!r}")
    cancellation = Cancellation()
    said: list[Notification] = []

    def emit(notification: Notification) -> None:
        said.append(notification)
        if listen is not None:
            listen(notification, cancellation)

    executor = BuiltinExecutor(ToolkitRegistry([toolkit], development=True), threads=1)
    context = Context(emit=emit, cancellation=cancellation, tenant="acme", principal="ada", call_id="test")
    try:
        result = await executor.bind(specification_of(definition))(arguments, context)
    finally:
        executor.close()
    if not result.is_error:
        _check(definition.output_schema, result.structured, f"result of {tool!r}")
    return Called(result, said)


def call(
    toolkit: Toolkit, tool: str, arguments: dict[str, Any] | None = None, *, listen: Listener | None = None
) -> Called:
    """Call one tool of a toolkit and wait for it.

    `listen` gets each notification as it comes, with the flag that cancels the call. A ToolError becomes a result
    with `is_error`. Raises SchemaMismatch, and whatever else the tool raises.
    """
    return asyncio.run(call_async(toolkit, tool, arguments, listen=listen))
