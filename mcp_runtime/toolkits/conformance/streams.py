"""Tools that speak while they run. The delays are the suite's requirement: clients must see the messages apart."""

import asyncio
from typing import Final

from mcp_runtime.toolkits import Context, TextContent, Toolkit, ToolResult

DELAY: Final = 0.05
"""Seconds between two messages."""


async def test_tool_with_logging(context: Context) -> ToolResult:
    """Send three log messages while running."""
    context.log("info", "Tool execution started")
    await asyncio.sleep(DELAY)
    context.log("info", "Tool processing data")
    await asyncio.sleep(DELAY)
    context.log("info", "Tool execution completed")
    return ToolResult([TextContent("Tool with logging executed successfully")])


async def test_tool_with_progress(context: Context) -> ToolResult:
    """Report progress at 0, 50 and 100 of 100."""
    context.progress(0, 100, "Completed step 0 of 100")
    for step in (50, 100):
        await asyncio.sleep(DELAY)
        context.progress(step, 100, f"Completed step {step} of 100")
    return ToolResult([TextContent("Tool with progress executed successfully")])


async def test_reconnection() -> ToolResult:
    """Answer after a while, on a stream that a client of the older revisions may lose and come back for."""
    await asyncio.sleep(DELAY)
    return ToolResult([TextContent("Reconnection test completed")])


async def test_logging_tool(context: Context) -> ToolResult:
    """Send one log message, which reaches only clients that asked for this level."""
    context.log("info", "Diagnostic trace logging activated")
    return ToolResult([TextContent("Logging evaluated")])


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools; none is quick, for what they say travels on a stream."""
    declare = toolkit.tool(read_only=True, destructive=False, idempotent=True, open_world=False)
    for function in (test_tool_with_logging, test_tool_with_progress, test_reconnection, test_logging_tool):
        declare(function)
