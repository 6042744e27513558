"""The contents of what tenants host, for the runtime, when somebody reads them."""

from uuid import UUID

from mcp_runtime.contract.hosted import HostedContent
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.scope import tenant_scope
from tenants.selectors.server_primitives import hosted_content_read


class DatabaseHostedContents:
    """Reads one content of one tenant, in that tenant's scope."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def content(self, tenant_id: str, primitive_id: str) -> HostedContent | None:
        """The content as it is now, or None. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: _find(UUID(tenant_id), UUID(primitive_id)))


def _find(tenant_id: UUID, primitive_id: UUID) -> HostedContent | None:
    with tenant_scope(tenant_id):
        row = hosted_content_read(primitive_id=primitive_id)
        return None if row is None else HostedContent(row.digest, row.is_text, bytes(row.body))
