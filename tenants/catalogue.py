"""The toolkits of this installation, as the composition root hands them in."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.tools import ToolDefinition
from tenants.errors import NotFoundError


@cache
def _load(path: str) -> ToolCatalogue:
    catalogue: ToolCatalogue = import_string(path)
    return catalogue


def tool_catalogue() -> ToolCatalogue:
    """The catalogue that the setting TOOL_CATALOGUE names. Raises ImportError where it names nothing."""
    return _load(settings.TOOL_CATALOGUE)


def offered_tool(toolkit: str, tool: str) -> ToolDefinition:
    """What the catalogue says of one tool. Raises NotFoundError.

    What a toolkit declares wrongly, such as an `x-mcp-header` that no client would accept, keeps it out of the
    catalogue, so no server gets it; the log says what to correct.
    """
    definition = tool_catalogue().definition(toolkit, tool)
    if definition is None:
        raise NotFoundError(
            f"There is no such tool in the catalogue: {toolkit}/{tool}. GET /api/v1/toolkits lists what there is. A "
            "toolkit with a mistake is left out; the server's log says what to correct."
        )
    return definition
