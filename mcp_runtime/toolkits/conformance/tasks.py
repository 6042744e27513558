"""Tools that run as tasks, and one that never does. The names, texts and times are the suite's own."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final

from msgspec import Meta

from mcp_runtime.toolkits import Context, ProtocolError, TextContent, ToolError, Toolkit, ToolResult

A_WHILE: Final = 1.0
"""Seconds that a job takes which is about to fail."""

Seconds = Annotated[float, Meta(ge=0, le=120)]


async def greet(name: str) -> ToolResult:
    """Greet somebody."""
    return ToolResult([TextContent(f"Hello, {name}!")])


async def slow_compute(context: Context, seconds: Seconds = 1, label: str = "") -> ToolResult:
    """Take so many seconds."""
    context.log("info", f"computing {label}")
    await asyncio.sleep(seconds)
    return ToolResult([TextContent(f"Computed {label or 'something'} for {seconds:g} s")])


async def failing_job() -> ToolResult:
    """Fail, after a while, with an error that the model can read."""
    await asyncio.sleep(A_WHILE)
    raise ToolError("This job intentionally fails")


async def protocol_error_job() -> ToolResult:
    """Fail in a way that makes the call itself fail."""
    raise ProtocolError("This job intentionally fails as a call")


@dataclass(frozen=True)
class Confirmation:
    """Whether to go on. The suite answers without it, too."""

    confirm: bool = False


async def confirm_delete(context: Context, filename: str) -> ToolResult:
    """Ask before a file would be deleted."""
    answer = await context.elicit(f"Delete {filename}?", Confirmation)
    confirmed = answer.value is not None and answer.value.confirm
    return ToolResult([TextContent(f"{filename} was {'deleted' if confirmed else 'kept'}")])


async def multi_input(context: Context) -> ToolResult:
    """Ask for two things at once."""
    asked = [context.elicit(f"Go on with the {which}?", Confirmation, key=which) for which in ("first", "second")]
    answers = await asyncio.gather(*asked)
    return ToolResult([TextContent(", ".join(answer.action for answer in answers))])


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools."""
    toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)(greet)
    toolkit.tool(
        read_only=True, destructive=False, idempotent=True, open_world=False, background=True, timeout_seconds=180
    )(slow_compute)
    toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False, background=True)(
        protocol_error_job
    )
    toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False, task_required=True)(failing_job)
    for function in (confirm_delete, multi_input):
        toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False, background=True)(function)
