"""The record behind the runtime's cache of credentials."""

from django.utils import timezone

from mcp_runtime.contract.credentials import CredentialRecord, decode_credential
from tenants.publishing.credentials import credential_document
from tenants.runtime_ports.database_threads import DatabaseThreads
from tenants.runtime_ports.passing_on import pass_on
from tenants.selectors.across_tenants import credential_by_digest


class DatabaseCredentials:
    """Finds a credential by its hash, and publishes what it finds."""

    def __init__(self, threads: DatabaseThreads) -> None:
        self._threads = threads

    async def credential(self, digest: bytes) -> CredentialRecord | None:
        """The credential with this SHA-256 if it is good for MCP, or None. Raises RecordUnavailable."""
        return await self._threads.ask(lambda: _find(digest.hex()))


def _find(digest: str) -> CredentialRecord | None:
    row = credential_by_digest(digest=digest)
    if row is None:
        # Nothing is published for it: whoever tries made-up tokens must not fill the store.
        return None
    body = pass_on(credential_document(row=row, now=timezone.now()))
    return decode_credential(body) if body else None
