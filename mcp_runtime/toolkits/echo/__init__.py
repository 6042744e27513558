"""The smallest tool there is, to measure what a call costs without one."""

from mcp_runtime.toolkits import Toolkit

toolkit = Toolkit("echo", title="Echo", description="Returns what it is given.", development=True)


@toolkit.tool(title="Echo", read_only=True, destructive=False, idempotent=True, open_world=False, quick=True)
async def echo(text: str) -> str:
    """Return the text unchanged."""
    return text
