"""The limits of a plan in words, with what is used of them."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from mcp_runtime.contract.limits import Rate
from tenants.models import Tenant
from tenants.plan import PlanLimits
from tenants.publishing.day_count import calls_of_day
from tenants.selectors.plan_use import plan_use

KIB: Final = 1024

LIMITS: Final = MappingProxyType(
    {
        "servers": ("Servers", ""),
        "tools_per_server": ("Tools on a server", ""),
        "resources_and_prompts_per_server": ("Resources and prompts on a server", "Templates of resources among them."),
        "hosted_bytes_per_server": (
            "Hosted content on a server",
            "Of the resources and prompts that you write yourselves.",
        ),
        "members": ("Members", ""),
        "jobs_running": ("Jobs at once", "Calls of tools that run in the background."),
        "jobs_queued": ("Jobs that wait", ""),
        "calls_per_day": ("Calls a day", "A day begins at 0:00 UTC."),
        "tenant": ("Calls a second", "Of everybody together."),
        "principal": ("Calls a second by one client", "A person with one program counts as one client."),
        "calls_in_flight": ("Calls at once", ""),
        "sessions": ("Sessions", "Of clients that keep one."),
        "streams_per_principal": ("Open streams of one client", ""),
        "body_bytes": ("Largest request", ""),
        "json_depth": ("Deepest JSON", "Levels within a request."),
        "result_bytes": ("Largest result", ""),
    }
)
"""What each limit is called, and what there is to know about it."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One limit. `used` is None where nothing is counted; `most` is in words."""

    name: str
    label: str
    note: str
    most: str
    used: int | None = None
    is_special: bool = False
    is_nearly_used: bool = False


def plan_rows(limits: PlanLimits, used: dict[str, int | None]) -> list[PlanRow]:
    """Every limit of a tenant, those first of which something is used."""
    usual = PlanLimits()
    rows = [_row(name, limits, usual, used.get(name)) for name in limits.__struct_fields__]
    return sorted(
        rows, key=lambda row: (row.name not in used, list(LIMITS).index(row.name) if row.name in LIMITS else 99)
    )


def used_of_plan(tenant: Tenant, now: datetime) -> dict[str, int | None]:
    """By the limit's name, in the scope of the tenant. Calls are those that count against the day, as the runtimes say;
    where the store can't be asked, those that are recorded."""
    use, counted = plan_use(now=now), calls_of_day(tenant_id=tenant.pk, now=now)
    return {
        "servers": use.servers,
        "members": use.members,
        "tools_per_server": use.most_tools,
        "resources_and_prompts_per_server": use.most_primitives,
        "jobs_running": use.jobs_running,
        "jobs_queued": use.jobs_queued,
        "calls_per_day": use.calls_today if counted is None else counted,
    }


def limit_in_words(name: str, limits: PlanLimits) -> str:
    """One limit of these, as people read it."""
    value = getattr(limits, name)
    return in_bytes(value) if "_bytes" in name else in_words(value)


def in_words(value: Any) -> str:
    """A limit as people read it."""
    if isinstance(value, Rate):
        return f"{value.per_second:,g}, {value.burst:,} at once"
    return f"{value:,}"


def in_bytes(value: int) -> str:
    """A size in its unit."""
    return (
        f"{value // KIB**2} MiB" if value % KIB**2 == 0 else f"{value // KIB:,} KiB" if value >= KIB else f"{value} B"
    )


def _row(name: str, limits: PlanLimits, usual: PlanLimits, used: int | None) -> PlanRow:
    label, note = LIMITS.get(name, (name.replace("_", " ").capitalize(), ""))
    value = getattr(limits, name)
    nearly = used is not None and isinstance(value, int) and used * 10 >= value * 9
    return PlanRow(name, label, note, limit_in_words(name, limits), used, value != getattr(usual, name), nearly)
