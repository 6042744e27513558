"""acme (owner ada, member max) and globex (owner gus, the outsider), as snapshots and credentials."""

from typing import Any, Final

from mcp_runtime.contract.credentials import CredentialRecord
from mcp_runtime.contract.limits import Rate, TenantLimits
from mcp_runtime.contract.snapshot import GrantSpec, ServerSnapshot, TenantInfo
from mcp_runtime.contract.tools import ToolDefinition, ToolSpec
from mcp_runtime.toolkits.registry import ToolkitRegistry
from tests.mcp_runtime.asking_toolkit import toolkit as asking
from tests.mcp_runtime.library_toolkit import toolkit as library
from tests.mcp_runtime.probe_toolkit import toolkit
from tests.mcp_runtime.record import Record

GENEROUS: Final = Rate(10_000, 10_000)
GENEROUS_LIMITS: Final = TenantLimits(tenant=GENEROUS, principal=GENEROUS, calls_per_day=1_000_000)
OWNERS_MAY_ALL: Final = GrantSpec(subject_kind="role", subject="owner", target_kind="server")

ADA, MAX, GUS = "ada-key", "max-key", "gus-key"
READER: Final = "reader-key"
REGISTRY: Final = ToolkitRegistry([toolkit, library, asking])


def tool_spec(definition: ToolDefinition, **changes: Any) -> ToolSpec:
    """A tool of the probe toolkit, as a server has it."""
    fields: dict[str, Any] = {
        "id": f"id-of-{definition.name}",
        "name": definition.name,
        "title": definition.title,
        "description": definition.description,
        "input_schema": definition.input_schema,
        "output_schema": definition.output_schema,
        "annotations": definition.annotations,
        "config": {"toolkit": definition.toolkit, "tool": definition.name},
        "quick": definition.quick,
        "timeout_seconds": definition.timeout_seconds,
        "concurrency": definition.concurrency,
    }
    return ToolSpec(**{**fields, **changes})


def tools(**changes: dict[str, Any]) -> tuple[ToolSpec, ...]:
    """Every probe tool; keyword arguments change single ones by name."""
    return tuple(tool_spec(definition, **changes.get(definition.name, {})) for definition in toolkit.definitions)


def server(tenant: str, slug: str = "desk", **changes: Any) -> ServerSnapshot:
    """A server with every probe tool, which owners may call."""
    info = TenantInfo(id=f"id-of-{tenant}", slug=tenant, name=tenant.title(), limits=GENEROUS_LIMITS)
    fields: dict[str, Any] = {
        "version": 1,
        "tenant": info,
        "id": f"id-of-{tenant}-{slug}",
        "slug": slug,
        "name": f"{tenant.title()} {slug}",
        "instructions": f"canary-of-{tenant}",
        "tools": tools(),
        "grants": (OWNERS_MAY_ALL,),
    }
    return ServerSnapshot(**{**fields, **changes})


def credential(tenant: str, user: str, role: str, **changes: Any) -> CredentialRecord:
    """An API key of a member, for every server of the tenant."""
    fields: dict[str, Any] = {
        "version": 1,
        "kind": "api_key",
        "credential_id": f"key-of-{user}",
        "tenant_id": f"id-of-{tenant}",
        "tenant": tenant,
        "user": f"id-of-{user}",
        "client": f"family-of-{user}",
        "api_key": f"key-of-{user}",
        "scopes": ("mcp:read", "mcp:call"),
        "roles": (role,),
    }
    return CredentialRecord(**{**fields, **changes})


def cast() -> Record:
    """Both tenants with a server each, and everybody's key."""
    record = Record()
    record.keep_server(server("acme"))
    record.keep_server(server("globex"))
    record.keep_key(ADA, credential("acme", "ada", "owner"))
    record.keep_key(MAX, credential("acme", "max", "caller"))
    record.keep_key(GUS, credential("globex", "gus", "owner"))
    record.keep_key(READER, credential("acme", "ada", "owner", scopes=("mcp:read",), credential_id="reader"))
    return record
