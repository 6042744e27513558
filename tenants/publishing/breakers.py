"""Which upstreams the replicas leave alone just now, as the store knows it."""

from time import time

import msgspec

from mcp_runtime.contract.breakers import OPEN, BreakerReport, breakers_key, decode_breaker
from tenants.errors import UnavailableError
from tenants.models import Tenant
from tenants.publishing.store import STORE_DOWN, store

_FORGOTTEN_SECONDS = 3_600
"""What nobody has tried for so long after its pause is shown no more: nobody uses it."""


def breakers_of(*, tenant: Tenant) -> list[BreakerReport]:
    """The breakers of a tenant that are not closed, the newest first. Raises UnavailableError."""
    try:
        bodies = store().hvals(breakers_key(str(tenant.pk)))
        reports = [decode_breaker(body) for body in bodies]
    except STORE_DOWN as error:
        raise UnavailableError("What is left alone can't be read just now. Try again shortly.") from error
    except msgspec.DecodeError:
        return []
    known = (report for report in reports if report.until > time() - _FORGOTTEN_SECONDS)
    return sorted(known, key=lambda report: report.since, reverse=True)


def breakers_open() -> int:
    """How many upstreams are left alone, of all tenants. Raises what `STORE_DOWN` names."""
    return int(store().zcount(OPEN, time(), "+inf"))
