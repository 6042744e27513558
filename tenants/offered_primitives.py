"""Resources, templates and prompts of the installation's catalogue, by what names them in rows."""

from collections.abc import Mapping

from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition, TemplateDefinition
from tenants.models.server_primitive import PrimitiveKind

PrimitiveDefinition = ResourceDefinition | TemplateDefinition | PromptDefinition
Key = tuple[PrimitiveKind, str, str]
"""Kind, toolkit, source."""


def offered_primitives(catalogue: ToolCatalogue) -> Mapping[Key, PrimitiveDefinition]:
    """All of them: resources, then templates, then prompts, each in the catalogue's order."""
    every: list[PrimitiveDefinition] = [*catalogue.resources(), *catalogue.templates(), *catalogue.prompts()]
    return {(kind_of(each), each.toolkit, source_of(each)): each for each in every}


def kind_of(definition: PrimitiveDefinition) -> PrimitiveKind:
    """What a definition defines."""
    if isinstance(definition, ResourceDefinition):
        return PrimitiveKind.RESOURCE
    return PrimitiveKind.TEMPLATE if isinstance(definition, TemplateDefinition) else PrimitiveKind.PROMPT


def source_of(definition: PrimitiveDefinition) -> str:
    """What names it within its toolkit: a URI, a URI template, or a prompt's name."""
    if isinstance(definition, ResourceDefinition):
        return definition.uri
    return definition.uri_template if isinstance(definition, TemplateDefinition) else definition.name
