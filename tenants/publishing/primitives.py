"""From a server's rows to the resources, templates and prompts of its snapshot."""

from typing import Any

from egress.allowance import Allowance
from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.primitives import (
    PromptDefinition,
    PromptSpec,
    ResourceDefinition,
    ResourceSpec,
    TemplateDefinition,
    TemplateSpec,
)
from tenants.models import Server, ServerPrimitive
from tenants.offered_primitives import PrimitiveDefinition, offered_primitives
from tenants.primitive_origins import primitive_config, primitive_definition, primitive_origin

Spec = ResourceSpec | TemplateSpec | PromptSpec


def primitive_specs(*, server: Server, catalogue: ToolCatalogue) -> dict[str, Any]:
    """The fields `resources`, `templates` and `prompts` of a snapshot, each by name. One query.

    What is switched off, or what nothing defines any more, is left out.
    """
    offered, allowance = offered_primitives(catalogue), server.tenant.egress_allowance
    specs: list[Spec] = []
    rows = ServerPrimitive.objects.filter(server_id=server.pk, is_enabled=True).order_by("name")
    for row in rows.select_related("upstream_definition__upstream"):
        definition = primitive_definition(row, offered)
        if definition is not None:
            specs.append(_spec(row, definition, allowance))
    return {
        "resources": tuple(spec for spec in specs if isinstance(spec, ResourceSpec)),
        "templates": tuple(spec for spec in specs if isinstance(spec, TemplateSpec)),
        "prompts": tuple(spec for spec in specs if isinstance(spec, PromptSpec)),
    }


def _spec(row: ServerPrimitive, definition: PrimitiveDefinition, allowance: Allowance) -> Spec:
    shared: dict[str, Any] = {
        "id": str(row.pk),
        "name": row.name,
        "title": row.title or definition.title,
        "description": row.description or definition.description,
        "kind": primitive_origin(row),
        "config": primitive_config(row, allowance),
    }
    if isinstance(definition, ResourceDefinition):
        return _resource(definition, shared)
    return _template(definition, shared) if isinstance(definition, TemplateDefinition) else _prompt(definition, shared)


def _resource(definition: ResourceDefinition, shared: dict[str, Any]) -> ResourceSpec:
    return ResourceSpec(
        **shared,
        uri=definition.uri,
        mime_type=definition.mime_type,
        size=definition.size,
        annotations=definition.annotations,
    )


def _template(definition: TemplateDefinition, shared: dict[str, Any]) -> TemplateSpec:
    return TemplateSpec(
        **shared,
        uri_template=definition.uri_template,
        mime_type=definition.mime_type,
        annotations=definition.annotations,
        completes=definition.completes,
    )


def _prompt(definition: PromptDefinition, shared: dict[str, Any]) -> PromptSpec:
    return PromptSpec(**shared, arguments=definition.arguments)
