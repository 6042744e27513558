"""The plan of a tenant: what the runtime enforces on calls, and what the services enforce on things."""

from typing import Any

import msgspec

from mcp_runtime.contract.limits import TenantLimits


class PlanLimits(TenantLimits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All limits of a tenant. Rates are calls per second; the defaults are the default plan."""

    servers: int = 10
    tools_per_server: int = 200
    resources_and_prompts_per_server: int = 200
    hosted_bytes_per_server: int = 20 * 1024 * 1024
    members: int = 25
    jobs_running: int = 10
    jobs_queued: int = 10_000


def plan_from_overrides(overrides: dict[str, Any]) -> PlanLimits:
    """The limits of a tenant whose row says what differs from the default plan.

    Raises `msgspec.ValidationError` on an unknown limit or a wrong type.
    """
    return msgspec.convert(overrides, PlanLimits)


def runtime_limits(plan: PlanLimits) -> TenantLimits:
    """The part that travels in a snapshot."""
    return TenantLimits(**{name: getattr(plan, name) for name in TenantLimits.__struct_fields__})
