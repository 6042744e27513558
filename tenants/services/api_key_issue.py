"""Storing a key: its hash, its beginning, and what it is good for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from mcp_runtime.contract.credentials import token_digest
from tenants.api_key_format import shown_part
from tenants.models import ApiKey, ApiKeyServer, Tenant
from tenants.publishing.changes import api_keys_changed
from tenants.publishing.credentials import MCP_SCOPES


@dataclass(frozen=True, slots=True)
class ApiKeyChoices:
    """What was chosen for a key, checked already. `expires_at` None never expires."""

    name: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    address_ranges: tuple[str, ...] = ()
    family: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class IssuedApiKey:
    """A key with its secret, which can't be had again."""

    api_key: ApiKey
    secret: str = field(repr=False)


def api_key_issue(
    *, tenant: Tenant, user_id: UUID, choices: ApiKeyChoices, server_ids: Sequence[UUID] | None, secret: str
) -> IssuedApiKey:
    """Store the key, in the scope of its tenant, which its caller opened and in which it locked the membership.

    `server_ids` None is good for all servers.
    """
    api_key: ApiKey = ApiKey.objects.create(
        tenant=tenant,
        user_id=user_id,
        family=choices.family,
        name=choices.name,
        prefix=shown_part(secret),
        digest=token_digest(secret.encode()).hex(),
        scopes=list(choices.scopes),
        all_servers=server_ids is None,
        address_ranges=list(choices.address_ranges),
        expires_at=choices.expires_at,
    )
    links = [ApiKeyServer(tenant=tenant, api_key=api_key, server_id=server_id) for server_id in server_ids or ()]
    ApiKeyServer.objects.bulk_create(links)
    if MCP_SCOPES & set(choices.scopes):
        api_keys_changed(ApiKey.objects.filter(pk=api_key.pk))
    return IssuedApiKey(api_key=api_key, secret=secret)
