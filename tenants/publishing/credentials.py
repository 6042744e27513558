"""From a key's or token's row to the record that the runtime reads."""

from datetime import datetime
from typing import Final

from mcp_runtime.contract import keys
from mcp_runtime.contract.credentials import CredentialRecord, encode_credential
from tenants.abilities import Ability, can
from tenants.publishing.documents import Document
from tenants.selectors.credentials import KIND_ACCESS_TOKEN, CredentialRow

MCP_SCOPES: Final = frozenset({"mcp:read", "mcp:call"})
"""What opens an MCP endpoint. A key without any of them is the management API's alone, and is never published."""


def build_credential(*, row: CredentialRow, now: datetime) -> CredentialRecord | None:
    """The record of a credential that is good for MCP now; None for one that is not."""
    scopes = tuple(scope for scope in row.scopes if scope in MCP_SCOPES)
    if not scopes or not row.is_good(now=now) or row.role is None or not can(row.role, Ability.CALL_TOOLS):
        return None
    if row.kind == KIND_ACCESS_TOKEN and not (row.resource and row.client):
        return None
    family = None if row.family is None else str(row.family)
    return CredentialRecord(
        version=row.version,
        kind=row.kind,
        credential_id=str(row.id),
        tenant_id=str(row.tenant_id),
        tenant=row.tenant,
        servers=row.servers,
        resource=row.resource or None,
        user=str(row.user_id),
        client=row.client,
        api_key=family,
        tools=row.tools,
        scopes=scopes,
        roles=(row.role,),
        expires_at=None if row.expires_at is None else row.expires_at.timestamp(),
        address_ranges=row.address_ranges,
    )


def credential_document(*, row: CredentialRow, now: datetime) -> Document:
    """The record as it is published: a tombstone where the credential is not good (any more)."""
    record = build_credential(row=row, now=now)
    return Document(keys.KIND_CREDENTIAL, row.digest, row.version, b"" if record is None else encode_credential(record))
