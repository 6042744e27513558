"""A tool as a list shows it: what the tenant chose, before what its toolkit says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.tools import ToolDefinition
from tenants.models import ServerTool
from tenants.models.server_tool import ToolKind
from tenants.tool_kinds import tool_definition

ORIGINS: Final = {"http": "HTTP tool", "upstream": "upstream server", "fan_out": "fan-out"}


@dataclass(frozen=True, slots=True)
class ToolRow:
    """`definition` is None where this installation has no such tool any more: nobody can call it then."""

    tool: ServerTool
    definition: ToolDefinition | None
    calls: int = 0

    @property
    def is_of_toolkit(self) -> bool:
        """Whether a toolkit defines it."""
        return bool(self.tool.kind == ToolKind.BUILTIN)

    @property
    def origin(self) -> str:
        """Where it is from, in a few words."""
        return self.tool.toolkit if self.is_of_toolkit else ORIGINS.get(self.tool.kind, self.tool.kind)

    @property
    def title(self) -> str:
        """What people read."""
        return self.tool.title or (self.definition.title if self.definition else "") or ""

    @property
    def description(self) -> str:
        """What models read."""
        return self.tool.description or (self.definition.description if self.definition else "")

    @property
    def is_read_only(self) -> bool:
        """True where the tool says so."""
        return self.definition is not None and self.definition.annotations.is_read_only

    @property
    def is_destructive(self) -> bool:
        """True where the tool says so."""
        return self.definition is not None and self.definition.annotations.destructive_hint is True

    @property
    def usual_mode(self) -> str:
        """Where it runs unless the tenant says otherwise."""
        return "background" if self.definition is not None and self.definition.background else "inline"

    @property
    def is_background(self) -> bool:
        """True where its calls are jobs on a worker."""
        return (self.tool.mode or self.usual_mode) == "background"

    @property
    def limits(self) -> str:
        """The tenant's own limits in a few words."""
        tool = self.tool
        given = [
            f"{tool.rate_per_second:g}/s" if tool.rate_per_second is not None else "",
            f"{tool.concurrency} at once" if tool.concurrency is not None else "",
            f"{tool.timeout_seconds:g} s" if tool.timeout_seconds is not None else "",
        ]
        return " · ".join(part for part in given if part)


def tool_rows(tools: Iterable[ServerTool], catalogue: ToolCatalogue, calls: dict[str, int]) -> list[ToolRow]:
    """The rows, in the order of the tools."""
    return [ToolRow(tool, tool_definition(tool, catalogue), calls.get(tool.name, 0)) for tool in tools]
