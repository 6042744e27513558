"""The toolkits of one installation: the catalogue the control plane chooses from, and the tools executors call."""

from collections.abc import Iterable, Sequence
from typing import Self

from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition, TemplateDefinition
from mcp_runtime.contract.tools import ToolDefinition
from mcp_runtime.toolkits.binding import BoundTool
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.discovery import ToolkitProblem, discover
from mcp_runtime.toolkits.errors import UnknownTool


class ToolkitRegistry:
    """Implements `mcp_runtime.contract.ports.ToolCatalogue`. Toolkits for development are known to it only where
    `development` says so; elsewhere they do not exist."""

    def __init__(
        self, toolkits: Iterable[Toolkit], *, development: bool = False, problems: Sequence[ToolkitProblem] = ()
    ) -> None:
        offered = [toolkit for toolkit in toolkits if development or not toolkit.development]
        self._toolkits = {toolkit.name: toolkit for toolkit in sorted(offered, key=lambda toolkit: toolkit.name)}
        self.problems = tuple(problems)

    @classmethod
    def discover(cls, *, development: bool = False) -> Self:
        """Load everything that is shipped or installed; what could not be loaded is in `problems`."""
        found = discover()
        return cls(found.toolkits.values(), development=development, problems=found.problems)

    @property
    def toolkits(self) -> Sequence[Toolkit]:
        """The toolkits offered, by name."""
        return tuple(self._toolkits.values())

    def definitions(self) -> Sequence[ToolDefinition]:
        """Every tool of every toolkit: toolkits by name, their tools as declared."""
        return [definition for toolkit in self._toolkits.values() for definition in toolkit.definitions]

    def definition(self, toolkit: str, tool: str) -> ToolDefinition | None:
        """One tool, or None."""
        try:
            return self.bind(toolkit, tool).definition
        except UnknownTool:
            return None

    def resources(self) -> Sequence[ResourceDefinition]:
        """Every resource of every toolkit, in the order of `definitions`."""
        return [definition for toolkit in self._toolkits.values() for definition in toolkit.resources]

    def templates(self) -> Sequence[TemplateDefinition]:
        """Every resource template of every toolkit."""
        return [definition for toolkit in self._toolkits.values() for definition in toolkit.templates]

    def prompts(self) -> Sequence[PromptDefinition]:
        """Every prompt of every toolkit."""
        return [definition for toolkit in self._toolkits.values() for definition in toolkit.prompts]

    def bind(self, toolkit: str, tool: str) -> BoundTool:
        """One tool, ready to be called. Raises UnknownTool."""
        return self.toolkit(toolkit).bound(tool)

    def toolkit(self, name: str) -> Toolkit:
        """One toolkit, for its resources and prompts. Raises UnknownTool."""
        if name not in self._toolkits:
            raise UnknownTool(f"this installation has no toolkit {name!r}")
        return self._toolkits[name]
