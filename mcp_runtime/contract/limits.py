"""Rates and ceilings, as they travel in a snapshot."""

from msgspec import Struct


class Rate(Struct, frozen=True):
    """A token bucket: `per_second` calls on average, at most `burst` at once."""

    per_second: float
    burst: int


class TenantLimits(Struct, frozen=True, kw_only=True):
    """The plan of a tenant. Rates are calls per second; everything else counts things that exist at once or per day."""

    tenant: Rate = Rate(50, 100)
    principal: Rate = Rate(20, 40)
    calls_per_day: int = 50_000
    calls_in_flight: int = 200
    sessions: int = 1_000
    streams_per_principal: int = 20
    body_bytes: int = 4 * 1024 * 1024
    json_depth: int = 64
    result_bytes: int = 1024 * 1024
