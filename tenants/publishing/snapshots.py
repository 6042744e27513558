"""From a server's rows to its snapshot."""

from egress.allowance import Allowance
from mcp_runtime.contract import keys
from mcp_runtime.contract.limits import Rate
from mcp_runtime.contract.ports import ToolCatalogue
from mcp_runtime.contract.snapshot import GrantSpec, ServerSnapshot, TenantInfo, encode_snapshot
from mcp_runtime.contract.tools import ToolDefinition, ToolSpec
from tenants.models import Grant, Server, ServerTool, Tenant
from tenants.plan import runtime_limits
from tenants.publishing.documents import Document
from tenants.publishing.primitives import primitive_specs
from tenants.tool_kinds import tool_config, tool_definition


def build_snapshot(*, server: Server, catalogue: ToolCatalogue) -> ServerSnapshot:
    """The snapshot of a server that was read together with its tenant.

    What is switched off, or what this installation's catalogue does not have, is left out. The version is the
    row's, which was read before the rest: what is read later can only be newer than the label says.
    """
    return ServerSnapshot(
        version=server.version,
        tenant=_tenant(server.tenant),
        id=str(server.pk),
        slug=server.slug,
        name=server.name,
        instructions=server.instructions,
        status=server.status,
        allowed_origins=tuple(server.allowed_origins),
        rate=_rate(server.rate_per_second, server.rate_burst),
        tools=_tools(server, catalogue),
        grants=_grants(server),
        **primitive_specs(server=server, catalogue=catalogue),
    )


def server_document(*, server: Server, catalogue: ToolCatalogue) -> Document:
    """The snapshot as it is published."""
    body = encode_snapshot(build_snapshot(server=server, catalogue=catalogue))
    return Document(keys.KIND_SERVER, server_name(server), server.version, body)


def server_name(server: Server) -> str:
    """The name of a server's document."""
    return f"{server.tenant.slug}/{server.slug}"


def _tenant(tenant: Tenant) -> TenantInfo:
    return TenantInfo(
        id=str(tenant.pk),
        slug=tenant.slug,
        name=tenant.name,
        status=tenant.status,
        audit=tenant.audit,
        limits=runtime_limits(tenant.limits),
    )


def _rate(per_second: float | None, burst: int | None) -> Rate | None:
    return None if per_second is None or burst is None else Rate(per_second, burst)


def _tools(server: Server, catalogue: ToolCatalogue) -> tuple[ToolSpec, ...]:
    rows = ServerTool.objects.filter(server_id=server.pk, is_enabled=True).order_by("name")
    rows = rows.select_related("upstream_definition__upstream")
    pairs = ((row, tool_definition(row, catalogue)) for row in rows)
    allowance = server.tenant.egress_allowance
    return tuple(_tool(row, definition, allowance) for row, definition in pairs if definition is not None)


def _tool(row: ServerTool, definition: ToolDefinition, allowance: Allowance) -> ToolSpec:
    return ToolSpec(
        id=str(row.pk),
        name=row.name,
        title=row.title or definition.title,
        description=row.description or definition.description,
        input_schema=definition.input_schema,
        output_schema=definition.output_schema,
        annotations=definition.annotations,
        kind=row.kind,
        config=tool_config(row, allowance),
        mode=tool_mode(row, definition),
        task_required=definition.task_required,
        quick=definition.quick,
        timeout_seconds=min(row.timeout_seconds or definition.timeout_seconds, definition.timeout_seconds),
        rate=_rate(row.rate_per_second, row.rate_burst),
        concurrency=_lower(row.concurrency, definition.concurrency),
        cache_seconds=row.cache_seconds,
        cache_public=row.cache_public,
    )


def tool_mode(row: ServerTool, definition: ToolDefinition) -> str:
    """Where a tool of a server runs: as the server says, else as its author did."""
    return row.mode or ("background" if definition.background else "inline")


def _lower(chosen: int | None, defined: int | None) -> int | None:
    return min((value for value in (chosen, defined) if value is not None), default=None)


def _grants(server: Server) -> tuple[GrantSpec, ...]:
    rows = Grant.objects.filter(server_id=server.pk)
    rows = rows.order_by("subject_kind", "subject", "target_kind", "target")
    return tuple(
        GrantSpec(
            subject_kind=row.subject_kind,
            subject=row.subject,
            target_kind=row.target_kind,
            target=row.target,
            effect=row.effect,
        )
        for row in rows
    )
