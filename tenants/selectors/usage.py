"""Numbers about calls, in the scope of their tenant. Each is about the calls that the actor may see, and bounded: the
latest calls stand for the rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, QuerySet

from tenants.actor import Actor
from tenants.models import Call, Server
from tenants.selectors.calls import call_list

SAMPLE: Final = 5_000
"""How many of the latest calls the share of failures and the percentile are taken from."""

MOST_COUNTED: Final = 50_000
"""Calls are counted up to here: beyond it, a count says "at least"."""

FAILED: Final = frozenset({"tool_error", "refused", "timeout", "crashed"})


@dataclass(frozen=True, slots=True)
class Usage:
    """`calls` is at most MOST_COUNTED. Of the latest `sampled` of them, `failed` failed or were refused, and 95 of 100
    took `p95_ms` milliseconds or less (None without any)."""

    calls: int
    sampled: int
    failed: int
    p95_ms: float | None

    @property
    def failed_percent(self) -> float:
        """Of what was sampled; 0 without any."""
        return 100 * self.failed / self.sampled if self.sampled else 0.0

    @property
    def is_at_least(self) -> bool:
        """True where there may be more calls than were counted."""
        return self.calls >= MOST_COUNTED


def usage_since(*, actor: Actor, since: datetime) -> Usage:
    """The numbers of the calls since a time. One query, or two where there are more than the sample."""
    calls = call_list(actor=actor, since=since)
    # Plain tuples, sorted here: asking for a percentile over the latest rows costs SQLite several times as much.
    sampled = list(calls.order_by("-time").values_list("outcome", "duration_ms")[:SAMPLE])
    counted = len(sampled) if len(sampled) < SAMPLE else calls.order_by()[:MOST_COUNTED].count()
    return Usage(
        calls=counted,
        sampled=len(sampled),
        failed=sum(outcome in FAILED for outcome, _ in sampled),
        p95_ms=_percentile(sorted(duration for _, duration in sampled), 95),
    )


def calls_by_server(*, actor: Actor, since: datetime) -> dict[UUID, int]:
    """How many calls each server has had since a time; a server without any is left out."""
    return _counted(call_list(actor=actor, since=since), "server_id")


def calls_by_tool(*, actor: Actor, server: Server, since: datetime) -> dict[str, int]:
    """How many calls each tool of a server has had since a time, by the name it was called by."""
    return _counted(call_list(actor=actor, server=server.slug, since=since), "tool")


def _counted(calls: QuerySet[Call], column: str) -> dict[Any, int]:
    return dict(calls.order_by().values_list(column).annotate(calls=Count("*")))


def _percentile(durations: list[float], percent: int) -> float | None:
    """The nearest rank: the smallest duration that so many of a hundred do not exceed."""
    return durations[-(-len(durations) * percent // 100) - 1] if durations else None
