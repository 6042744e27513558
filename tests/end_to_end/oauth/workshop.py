"""Tools for clients that came by OAuth: one that reads, one that changes something, and one that never ends by itself,
where it is asked for and on a worker."""

import asyncio

from mcp_runtime.toolkits import Context, Toolkit

toolkit = Toolkit("workshop", title="Workshop")


@toolkit.tool(read_only=True, quick=True)
async def look() -> str:
    """Say what is there."""
    return "a bench"


@toolkit.tool(destructive=False, quick=True)
async def build(what: str) -> str:
    """Add something."""
    return f"built {what}"


@toolkit.tool(read_only=True, timeout_seconds=60)
async def saw(context: Context) -> str:
    """Report the first step, and go on until somebody stops it."""
    context.progress(1, 2, "sawing")
    await asyncio.Event().wait()
    return "sawn"


@toolkit.tool(read_only=True, timeout_seconds=60, background=True)
async def saw_elsewhere(context: Context) -> str:
    """The same, on a worker."""
    return await saw(context)
