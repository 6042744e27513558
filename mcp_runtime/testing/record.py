"""What a control plane knows, for a toolkit's tests: a tenant with one server, and somebody who may call it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import uuid4

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.credentials import CredentialRecord, token_digest
from mcp_runtime.contract.limits import Rate, TenantLimits
from mcp_runtime.contract.names import SLUG
from mcp_runtime.contract.snapshot import GrantSpec, ServerSnapshot, TenantInfo
from mcp_runtime.contract.tools import ToolDefinition, ToolSpec
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.primitive_testing import offered_by

SERVER: Final = "toolkit"
PLENTY: Final = Rate(100_000, 100_000)
LIMITS: Final = TenantLimits(tenant=PLENTY, principal=PLENTY, calls_per_day=100_000_000)
ALL_OF_IT: Final = GrantSpec(subject_kind="role", subject="owner", target_kind="server")


class HeldRecord:
    """Implements `CredentialSource`, `SnapshotSource` and `AuditLog` for one server, which offers what toolkits have.

    The tenant has an id of its own every time, so that no two tests meet in the store.
    """

    def __init__(self, toolkits: Iterable[Toolkit], tenant: str, user: str) -> None:
        if not SLUG.fullmatch(tenant):
            raise ValueError(f"{tenant!r} is no tenant's name: lower-case letters, digits and inner hyphens")
        self.key = uuid4().hex
        self.path = f"/mcp/{tenant}/{SERVER}"
        self.events: list[AuditEvent] = []
        info = TenantInfo(id=uuid4().hex, slug=tenant, name=tenant, limits=LIMITS)
        self.server = _server(list(toolkits), info)
        self._digest = token_digest(self.key.encode())
        self._credential = CredentialRecord(
            version=1,
            kind="api_key",
            credential_id=uuid4().hex,
            tenant_id=info.id,
            tenant=tenant,
            user=user,
            client="tests",
            scopes=("mcp:read", "mcp:call"),
            roles=("owner",),
        )

    async def credential(self, digest: bytes) -> CredentialRecord | None:
        """The one credential there is."""
        return self._credential if digest == self._digest else None

    async def snapshot(self, tenant: str, server: str) -> ServerSnapshot | None:
        """The one server there is."""
        known = (self.server.tenant.slug, self.server.slug)
        return self.server if (tenant, server) == known else None

    async def commit(self, events: Sequence[AuditEvent]) -> None:
        """Keep them in `events`."""
        self.events.extend(events)


def _server(toolkits: Sequence[Toolkit], tenant: TenantInfo) -> ServerSnapshot:
    """Everything that the toolkits have, as a server offers it that has changed nothing."""
    _check_names(toolkits)
    offered = [offered_by(toolkit) for toolkit in toolkits]
    return ServerSnapshot(
        version=1,
        tenant=tenant,
        id=uuid4().hex,
        slug=SERVER,
        name=", ".join(toolkit.title or toolkit.name for toolkit in toolkits),
        tools=tuple(_tool(definition) for toolkit in toolkits for definition in toolkit.definitions),
        grants=(ALL_OF_IT,),
        resources=tuple(spec for each in offered for spec in each["resources"]),
        templates=tuple(spec for each in offered for spec in each["templates"]),
        prompts=tuple(spec for each in offered for spec in each["prompts"]),
    )


def _check_names(toolkits: Sequence[Toolkit]) -> None:
    named = Counter(definition.name for toolkit in toolkits for definition in toolkit.definitions)
    twice = [name for name, times in named.items() if times > 1]
    if twice:
        raise ValueError(f"two of these toolkits have a tool named {twice[0]}, of which a server would rename one")


def _tool(definition: ToolDefinition) -> ToolSpec:
    return ToolSpec(
        id=f"{definition.toolkit}.{definition.name}",
        name=definition.name,
        title=definition.title,
        description=definition.description,
        input_schema=definition.input_schema,
        output_schema=definition.output_schema,
        annotations=definition.annotations,
        config={"toolkit": definition.toolkit, "tool": definition.name},
        mode="background" if definition.background else "inline",
        task_required=definition.task_required,
        quick=definition.quick,
        timeout_seconds=definition.timeout_seconds,
        concurrency=definition.concurrency,
    )
