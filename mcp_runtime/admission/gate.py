"""The gate that every request passes: rates, the daily quota, and how much may run at once. It speaks in refusals."""

from time import monotonic
from typing import Final

from mcp_runtime.admission.buckets import Bucket, Buckets, Limited
from mcp_runtime.admission.quota import DayCount, seconds_until_tomorrow
from mcp_runtime.admission.slots import Full, Slot, Slots
from mcp_runtime.refusals import Refused, refuse

_WHOSE: Final = {
    "tenant": "your organisation",
    "principal": "you with this client",
    "server": "this server",
    "tool": "this tool",
}
BUSY_RETRY_SECONDS: Final = 2.0


class Gate:
    """Admits or refuses, with how long to wait and what the limit is, in words and in data."""

    def __init__(self, buckets: Buckets, slots: Slots) -> None:
        self._buckets, self.slots = buckets, slots

    def admits_at_once(self, buckets: tuple[Bucket, ...]) -> bool:
        """Take one token from each bucket, where all of them have one at hand; otherwise nothing is taken: `admit`."""
        return self._buckets.take(buckets, monotonic())

    async def admit(self, buckets: tuple[Bucket, ...]) -> None:
        """Take one token from each bucket, asking Redis for what is not at hand; raises Refused (rate_limited)."""
        if not self.admits_at_once(buckets):
            limited = await self._buckets.acquire(buckets)
            if limited is not None:
                raise _rate_limited(limited)

    def check_day(self, day: DayCount, limit: int) -> None:
        """Raises Refused (quota_exceeded) once the tenant's calls of today are used up."""
        if day.used >= limit:
            wait = seconds_until_tomorrow()
            raise refuse(
                "quota_exceeded",
                f"Your organisation has used its {limit} calls of today. "
                f"Try again in {_duration(wait)} (midnight UTC), or ask an owner for a larger plan.",
                retry_after=wait,
                limit=limit,
                used=day.used,
                remaining=0,
                retryAfterSeconds=round(wait),
            )

    def check_in_flight(self, in_flight: int, limit: int) -> None:
        """Raises Refused (too_many_calls) where this process is answering `limit` calls of the tenant already."""
        if in_flight >= limit:
            raise _too_many(Slot("tenant", "", limit))

    def take_slots_here(self, slots: tuple[Slot, ...], member: str) -> None:
        """Take a place at every level in this process alone; raises Refused (too_many_calls)."""
        full = self.slots.take_here(slots, member)
        if full is not None:
            raise _too_many(full.slot)

    async def take_slots(self, slots: tuple[Slot, ...], member: str) -> None:
        """Take a place at every level; raises Refused (too_many_calls)."""
        full = await self.slots.take(slots, member)
        if isinstance(full, Full):
            raise _too_many(full.slot)


def _rate_limited(limited: Limited) -> Refused:
    return refuse(
        "rate_limited",
        f"Too many calls: {_WHOSE[limited.level]} may make {limited.rate.per_second:g} a second "
        f"(at most {limited.rate.burst} at once). Retry in {_duration(limited.retry_after)}.",
        retry_after=limited.retry_after,
        level=limited.level,
        limitPerSecond=limited.rate.per_second,
        burst=limited.rate.burst,
        remaining=0,
        retryAfterSeconds=round(limited.retry_after, 3),
    )


def _too_many(slot: Slot) -> Refused:
    return refuse(
        "too_many_calls",
        f"Too many calls at once: {_WHOSE[slot.level]} may have {slot.limit} running. "
        "Wait until one has ended, then retry.",
        retry_after=BUSY_RETRY_SECONDS,
        level=slot.level,
        limit=slot.limit,
        remaining=0,
    )


def _duration(seconds: float) -> str:
    if seconds < 1:
        return "1 s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"
