"""The tools of this installation, with resources, templates and prompts that stay as they are."""

from control_plane.composition import tool_catalogue
from mcp_runtime.contract.primitives import TemplateDefinition
from tests.fixtures.catalogue import PRIMITIVES, ListedTools

CATALOGUE = ListedTools(
    *tool_catalogue.definitions(),
    primitives=[*PRIMITIVES, TemplateDefinition(toolkit="ledger", uri_template="ledger://{year}", name="year")],
)
