"""/usage: the last day in numbers, and what is left of the day's calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import READ, TenantRequest
from control_plane.api.operations import ApiView, operation
from tenants.publishing.day_count import calls_of_day, next_day
from tenants.selectors.usage import MOST_COUNTED, SAMPLE, Usage, usage_since

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TenantUsage:
    """The numbers of a tenant now."""

    last_day: Usage
    limit: int
    used: int | None
    resets_at: datetime


class LastDayShape(serializers.Serializer[Usage]):
    """The calls of the last 24 hours."""

    calls = serializers.IntegerField(help_text=f"Counted up to {MOST_COUNTED}.")
    sampled = serializers.IntegerField(help_text=f"Of how many of the latest the rest is told: at most {SAMPLE}.")
    failed = serializers.IntegerField(help_text="Failed or refused, of those.")
    p95_ms = serializers.FloatField(allow_null=True, help_text="95 of 100 of those took no longer.")


class TodayShape(serializers.Serializer[TenantUsage]):
    """The calls of this day (UTC), everybody's, by the plan."""

    limit = serializers.IntegerField()
    used = serializers.IntegerField(allow_null=True, help_text="Null while it can't be read.")
    resets_at = serializers.DateTimeField()


class UsageShape(serializers.Serializer[TenantUsage]):
    """What was used, and what is left."""

    last_day = LastDayShape()
    today = TodayShape(source="*")


class TenantUsageNow(ApiView):
    """Of a tenant."""

    @operation(READ, answer=One(UsageShape))
    def get(self, request: TenantRequest) -> TenantUsage:
        """Read the numbers: of all calls for owner, admin, developer and auditor, else of your own."""
        now = timezone.now()
        return TenantUsage(
            last_day=usage_since(actor=request.actor, since=now - DAY),
            limit=request.tenant.limits.calls_per_day,
            used=calls_of_day(tenant_id=request.tenant.pk, now=now),
            resets_at=next_day(now=now),
        )
