"""What the runtimes have counted of a tenant's calls today, as the store knows it: at most 200 ms old."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from mcp_runtime.contract.keys import DAY_SECONDS, quota_key
from tenants.publishing.store import STORE_DOWN, store


def calls_of_day(*, tenant_id: UUID, now: datetime) -> int | None:
    """The calls that count against the day's quota; None while the store can't be asked."""
    try:
        counted = store().get(quota_key(str(tenant_id), int(now.timestamp()) // DAY_SECONDS))
    except STORE_DOWN:
        return None
    return int(counted or 0)


def next_day(*, now: datetime) -> datetime:
    """When the quotas begin anew: midnight UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
