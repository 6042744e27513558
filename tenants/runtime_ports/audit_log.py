"""The table of calls, for the runtime to write to directly."""

from collections.abc import Sequence

from mcp_runtime.contract.audit import AuditEvent
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.services.calls import calls_record


class DatabaseAuditLog:
    """Commits events before it answers."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def commit(self, events: Sequence[AuditEvent]) -> None:
        """Write and commit; an event written before is left as it is. Raises RecordUnavailable."""
        await self._threads.ask(lambda: calls_record(events=events))
