"""What a tool of a server is, whatever its kind: one entry in a table for each.

Whoever lists, shows, grants, publishes or runs tools asks here, and nobody asks the catalogue about a row by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from egress.allowance import ANYTHING, Allowance
from mcp_runtime.contract.fan_out import ANSWER_SCHEMA, KeptFanOut, PublishedFanOut
from mcp_runtime.contract.http_tools import HttpToolDefinition, PublishedHttpTool
from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.tools import ToolAnnotations, ToolDefinition
from tenants.models import ServerTool
from tenants.models.server_tool import ToolKind
from tenants.upstreams.published import upstream_config, upstream_tool

HTTP_SECONDS: Final = 120.0
"""The longest that a call of an HTTP tool may take: as long as one exchange of its purpose."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`definition` is what the tool's author said, None where that is nowhere any more: then nobody can call it.
    `config` is what the executor of this kind reads (`ToolSpec.config`)."""

    definition: Callable[[ServerTool, ToolCatalogue], ToolDefinition | None]
    config: Callable[[ServerTool, Allowance], dict[str, Any]]


def tool_definition(row: ServerTool, catalogue: ToolCatalogue) -> ToolDefinition | None:
    """What the author of this tool said of it; None where nobody has said anything that this release understands."""
    kind = KINDS.get(row.kind)
    return None if kind is None else kind.definition(row, catalogue)


def tool_config(row: ServerTool, allowance: Allowance) -> dict[str, Any]:
    """What a snapshot holds for the executor of this tool. Of a row that has a definition. `allowance` is what its
    tenant lets requests reach."""
    return KINDS[row.kind].config(row, allowance)


def tool_request(row: ServerTool) -> dict[str, Any]:
    """The same for who sends nothing, and asks only where the tool goes."""
    return tool_config(row, ANYTHING)


def http_definition(row: ServerTool) -> HttpToolDefinition | None:
    """The HTTP tool as its tenant wrote it down, under the name it has now."""
    try:
        written = msgspec.convert(row.definition, HttpToolDefinition)
    except msgspec.ValidationError:
        return None  # written by a later release
    return msgspec.structs.replace(written, name=row.name)


def _builtin(row: ServerTool, catalogue: ToolCatalogue) -> ToolDefinition | None:
    return catalogue.definition(row.toolkit, row.tool)


def _builtin_config(row: ServerTool, _: Allowance) -> dict[str, Any]:
    return {"toolkit": row.toolkit, "tool": row.tool}


def _http(row: ServerTool, _: ToolCatalogue) -> ToolDefinition | None:
    written = http_definition(row)
    if written is None:
        return None
    return ToolDefinition(
        toolkit="",
        name=written.name,
        title=written.title or None,
        description=written.description,
        input_schema=written.input_schema,
        output_schema=written.output_schema,
        annotations=written.annotations,
        timeout_seconds=HTTP_SECONDS,
    )


def _http_config(row: ServerTool, allowance: Allowance) -> dict[str, Any]:
    written = msgspec.convert(row.definition, HttpToolDefinition)
    config: dict[str, Any] = msgspec.to_builtins(
        PublishedHttpTool(tenant_id=str(row.tenant_id), request=written.request, allowance=allowance)
    )
    return config


def _upstream(row: ServerTool, _: ToolCatalogue) -> ToolDefinition | None:
    return None if row.upstream_definition is None else upstream_tool(row.upstream_definition)


def _upstream_config(row: ServerTool, allowance: Allowance) -> dict[str, Any]:
    return {} if row.upstream_definition is None else upstream_config(row.upstream_definition, allowance)


def fan_out_kept(row: ServerTool) -> KeptFanOut | None:
    """The fan-out tool as its tenant wrote it down, under the name it has now."""
    try:
        kept = msgspec.convert(row.definition, KeptFanOut)
    except msgspec.ValidationError:
        return None  # written by a later release
    return msgspec.structs.replace(kept, definition=msgspec.structs.replace(kept.definition, name=row.name))


def _fan_out(row: ServerTool, _: ToolCatalogue) -> ToolDefinition | None:
    kept = fan_out_kept(row)
    if kept is None:
        return None
    return ToolDefinition(
        toolkit="",
        name=row.name,
        title=kept.definition.title or None,
        description=kept.definition.description,
        input_schema=kept.input_schema,
        output_schema=ANSWER_SCHEMA,
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=kept.open_world),
        timeout_seconds=HTTP_SECONDS,
    )


def _fan_out_config(row: ServerTool, allowance: Allowance) -> dict[str, Any]:
    definition = msgspec.convert(row.definition, KeptFanOut).definition
    config: dict[str, Any] = msgspec.to_builtins(
        PublishedFanOut(
            tenant_id=str(row.tenant_id),
            strategy=definition.strategy,
            backends=definition.backends,
            quorum=definition.quorum or len(definition.backends) // 2 + 1,
            allowance=allowance,
        )
    )
    return config


KINDS: Final[dict[str, Kind]] = {
    ToolKind.BUILTIN.value: Kind(_builtin, _builtin_config),
    ToolKind.HTTP.value: Kind(_http, _http_config),
    ToolKind.UPSTREAM.value: Kind(_upstream, _upstream_config),
    ToolKind.FAN_OUT.value: Kind(_fan_out, _fan_out_config),
}
"""By `ServerTool.kind`. A kind that is not here is not served."""
