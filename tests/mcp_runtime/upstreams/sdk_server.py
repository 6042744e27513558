"""A server of the MCP SDK for Python, as its users write them."""

from typing import Annotated, Any

from mcp.server.elicitation import ElicitationResult
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.resolve import Elicit, Resolve
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel


class Name(BaseModel):
    name: str


def who() -> Elicit[Name]:
    """What is asked before anybody is greeted: in the way of either era."""
    return Elicit("Who are you?", Name)


def sdk_server() -> MCPServer:
    """Tools, resources, a template and a prompt."""
    server = MCPServer("Upstream", instructions="Count.")

    @server.tool()
    async def count(to: int, context: Context) -> str:
        """Counts."""
        for number in range(to):
            await context.report_progress(number + 1, to, f"at {number + 1}")
        return f"counted to {to}"

    @server.tool()
    async def greet(answer: Annotated[ElicitationResult[Name], Resolve(who)]) -> str:
        """Greets whoever it is."""
        return f"Hello {answer.data.name}" if answer.action == "accept" else f"No: {answer.action}"

    @server.tool()
    async def fail() -> str:
        """Fails."""
        raise ValueError("as it should")

    @server.tool()
    async def add(first: int, second: int) -> int:
        """Adds."""
        return first + second

    _offer_more(server)
    return server


def _offer_more(server: MCPServer) -> None:
    @server.resource("note://today")
    def today() -> str:
        return "It rains."

    @server.resource("note://day/{id}")
    def day(id: str) -> str:
        return f"On {id} it rained."

    @server.prompt()
    def summary(topic: str) -> str:
        return f"Sum up {topic}."


def app(server: MCPServer, **options: Any) -> Any:
    """It, as it is served."""
    return server.streamable_http_app(
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False), **options
    )
