"""The record behind the runtime's cache of snapshots."""

from mcp_runtime.contract.snapshot import ServerSnapshot, decode_snapshot
from tenants.catalogue import tool_catalogue
from tenants.publishing.documents import Document
from tenants.publishing.snapshots import server_document
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.passing_on import pass_on
from tenants.selectors.housekeeping import publishing_scope
from tenants.selectors.published_servers import server_of_document


class DatabaseSnapshots:
    """Builds a server's snapshot, and publishes it."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def snapshot(self, tenant: str, server: str) -> ServerSnapshot | None:
        """The snapshot by slugs, or None where there is no such server. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: _find(tenant, server))


def _find(tenant: str, server: str) -> ServerSnapshot | None:
    document = _build(f"{tenant}/{server}")
    body = b"" if document is None else pass_on(document)
    return decode_snapshot(body) if body else None


def _build(name: str) -> Document | None:
    with publishing_scope():
        server = server_of_document(name=name)
        return None if server is None else server_document(server=server, catalogue=tool_catalogue())
