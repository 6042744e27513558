"""Tools that have clients list again."""

from mcp_runtime.toolkits import Context, Toolkit


async def test_trigger_tool_change(context: Context) -> str:
    """Say that the tools have changed."""
    context.list_changed("tools")
    return "Tools changed"


async def test_trigger_prompt_change(context: Context) -> str:
    """Say that the prompts have changed."""
    context.list_changed("prompts")
    return "Prompts changed"


def add_to(toolkit: Toolkit) -> None:
    """Declare these tools."""
    for function in (test_trigger_tool_change, test_trigger_prompt_change):
        toolkit.tool(quick=True)(function)
