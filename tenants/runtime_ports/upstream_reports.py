"""What replicas notice of upstreams, written down at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tenants.errors import NotFoundError
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.services.upstream_offers import upstream_offer_take


class DatabaseUpstreamReports:
    """Quarantines what differs from what is approved, and publishes it so."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def offered(self, tenant_id: str, upstream_id: str, what: Mapping[str, Sequence[dict[str, Any]]]) -> None:
        """The upstream lists these now. An upstream that is gone has nothing to say. Raises RecordUnavailable."""
        await self._threads.ask(lambda: _take(UUID(tenant_id), UUID(upstream_id), what))


def _take(tenant_id: UUID, upstream_id: UUID, what: Mapping[str, Sequence[dict[str, Any]]]) -> None:
    try:
        upstream_offer_take(tenant=tenant_id, upstream_id=upstream_id, what=what)
    except NotFoundError:
        return
