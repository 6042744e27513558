"""The secrets themselves, for the runtime and for workers, just before they are used."""

from uuid import UUID

from mcp_runtime.contract.secret_values import SecretUnreadable, SecretValue
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.selectors.stored_secrets import secret_read


class DatabaseVault:
    """Opens one secret of one tenant, in that tenant's scope."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
        """The secret as it is now, or None. Raises SecretUnreadable, RecordUnavailable."""
        return await self._threads.ask(lambda: _find(UUID(tenant_id), name))


def _find(tenant_id: UUID, name: str) -> SecretValue | None:
    try:
        with tenant_scope(tenant_id):
            return secret_read(name=name)
    except SealBrokenError as error:
        raise SecretUnreadable(f"The secret {name} does not open.") from error
