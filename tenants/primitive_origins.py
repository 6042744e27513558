"""Where a resource, template or prompt of a server comes from: one entry in a table for each origin.

Whoever shows or publishes them asks here, and nobody asks the catalogue about a row by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import msgspec

from egress.allowance import Allowance
from mcp_runtime.contract import hosted, upstreams
from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition, TemplateDefinition
from tenants.models import ServerPrimitive, UpstreamDefinition
from tenants.models.server_primitive import PrimitiveKind
from tenants.offered_primitives import Key, PrimitiveDefinition
from tenants.upstreams.published import upstream_config, upstream_primitive

Offered = Mapping[Key, PrimitiveDefinition]
"""What the catalogue has (`tenants.offered_primitives`)."""

BUILTIN: Final = "builtin"


@dataclass(frozen=True, slots=True)
class Origin:
    """`is_of` says whether a row comes from here. `definition` is what defines it, None where that is nowhere any more:
    then no client sees it. `config` is what the replica reads it by (`ResourceSpec.config`)."""

    is_of: Callable[[ServerPrimitive], bool]
    definition: Callable[[ServerPrimitive, Offered], PrimitiveDefinition | None]
    config: Callable[[ServerPrimitive, Allowance], dict[str, Any]]


def primitive_origin(row: ServerPrimitive) -> str:
    """The name of the row's origin, which is the kind of what answers for it."""
    return next(name for name, origin in ORIGINS.items() if origin.is_of(row))


def primitive_definition(row: ServerPrimitive, offered: Offered) -> PrimitiveDefinition | None:
    """What defines this row; None where nothing does that this release understands."""
    return ORIGINS[primitive_origin(row)].definition(row, offered)


def primitive_config(row: ServerPrimitive, allowance: Allowance) -> dict[str, Any]:
    """What a snapshot holds for whoever answers for this row. Of a row that has a definition. `allowance` is what its
    tenant lets requests reach."""
    return ORIGINS[primitive_origin(row)].config(row, allowance)


def _builtin(row: ServerPrimitive, offered: Offered) -> PrimitiveDefinition | None:
    return offered.get((PrimitiveKind(row.kind), row.toolkit, row.source))


def _builtin_config(row: ServerPrimitive, _: Allowance) -> dict[str, Any]:
    return {"toolkit": row.toolkit, "name": row.source}


def _hosted(row: ServerPrimitive, _: Offered) -> PrimitiveDefinition | None:
    """Its title and description are the row's own."""
    said = hosted.decode_description(row.definition)
    if said is None:
        return None
    if row.kind == PrimitiveKind.PROMPT:
        return PromptDefinition(toolkit="", name=row.source, arguments=said.arguments)
    shared: dict[str, Any] = {
        "toolkit": "",
        "name": row.name,
        "mime_type": said.mime_type or None,
        "annotations": said.annotations,
    }
    if row.kind == PrimitiveKind.RESOURCE:
        return ResourceDefinition(uri=row.source, size=said.size, **shared)
    return TemplateDefinition(uri_template=row.source, completes=said.completes, **shared)


def _hosted_config(row: ServerPrimitive, _: Allowance) -> dict[str, Any]:
    said = msgspec.convert(row.definition, hosted.HostedDescription)
    published = hosted.PublishedHosted(tenant_id=str(row.tenant_id), digest=said.digest)
    config: dict[str, Any] = msgspec.to_builtins(published)
    return config


def _upstream(row: ServerPrimitive, _: Offered) -> PrimitiveDefinition | None:
    return None if row.upstream_definition is None else upstream_primitive(row.upstream_definition)


def _upstream_config(row: ServerPrimitive, allowance: Allowance) -> dict[str, Any]:
    return upstream_config(cast("UpstreamDefinition", row.upstream_definition), allowance)


ORIGINS: Final[dict[str, Origin]] = {
    upstreams.KIND: Origin(lambda row: row.upstream_definition_id is not None, _upstream, _upstream_config),
    hosted.KIND: Origin(lambda row: row.definition is not None, _hosted, _hosted_config),
    BUILTIN: Origin(lambda row: True, _builtin, _builtin_config),
}
"""The first that claims a row has it."""
