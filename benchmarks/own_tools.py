"""Tools of its own of a company that has much of everything: those that ask others are made here."""

from typing import Any

from mcp_runtime.contract.fan_out import FanOutDefinition, ModelBackend
from tenants.models import Server, ServerTool
from tenants.models.server_tool import ToolKind
from tenants.services.fan_out_tools import fan_out_tool_create


def fan_out_grow(who: dict[str, Any], server: Server, number: int) -> None:
    """So many, each of which asks three models."""
    models = tuple(
        ModelBackend(
            name=f"model-{index}", style="openai", base_url=f"https://models-{index}.example/v1", model="large"
        )
        for index in range(3)
    )
    for index in range(number):
        definition = FanOutDefinition(name=f"weigh_{index}", strategy="consensus", backends=models)
        fan_out_tool_create(**who, server=server, definition=definition)


def own_tool_names(server: Server) -> dict[str, str]:
    """The values for the placeholders of routes. In the tenant's scope."""
    tools = ServerTool.objects.filter(server=server)
    return {
        placeholder: tools.filter(kind=kind).earliest("name").name
        for placeholder, kind in (("fan_out", ToolKind.FAN_OUT), ("http_tool", ToolKind.HTTP))
    }
