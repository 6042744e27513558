"""Noting that a key is in use, so that its owner sees which ones nobody needs any more."""

from datetime import datetime
from uuid import UUID

from tenants.models import ApiKey, Tenant
from tenants.scope import tenant_scope


def api_key_used(*, tenant: Tenant, api_key_id: UUID, now: datetime) -> None:
    """The key was good for something just now. Callers do not ask more often than they want it written."""
    with tenant_scope(tenant):
        ApiKey.objects.filter(pk=api_key_id).update(last_used_at=now)
