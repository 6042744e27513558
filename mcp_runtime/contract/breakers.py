"""Which upstreams are left alone just now: what replicas tell each other of it, and what pages show.

The truth is each replica's own count; what is in Redis only spares the others from finding out by themselves.
"""

from typing import Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract.keys import PREFIX

CHANNEL: Final = PREFIX + "breaker-changes"
"""Pub/sub channel: a `BreakerReport`, encoded."""

OPEN: Final = PREFIX + "breakers-open"
"""Set of all breakers that are not closed, as `tenant_id target`, with the Unix time of the next try. For counting."""

KEPT_SECONDS: Final = 86_400
"""How long a tenant's reports are kept after the last of them."""


class BreakerReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A breaker has opened, or closed. `target` names the upstream within the tenant: `http https://api.example.com`,
    or `upstream <id>`. Times are Unix seconds: until `until` nothing is sent, and then a call may try it.

    `reason` is that of the last failure; `failures` is how often it has opened without having been well in between.
    `replica` is who found out.
    """

    tenant_id: str
    target: str
    is_open: bool
    since: float
    until: float = 0.0
    reason: str = ""
    failures: int = 1
    replica: str = ""

    def state(self, now: float) -> str:
        """closed | open | half_open, as of `now`."""
        if not self.is_open:
            return "closed"
        return "open" if now < self.until else "half_open"


encode_breaker = msgspec.json.Encoder().encode
decode_breaker = msgspec.json.Decoder(BreakerReport).decode


def breakers_key(tenant_id: str) -> str:
    """Hash of a tenant's breakers that are not closed: target → `BreakerReport`, encoded."""
    return f"{PREFIX}breakers:{tenant_id}"


def probe_key(tenant_id: str, target: str) -> str:
    """Key of the mark that one replica is trying this upstream."""
    return f"{PREFIX}breaker-probe:{tenant_id}:{target}"


def http_target(origin: str) -> str:
    """The target of everything at one origin."""
    return f"http {origin}"


def upstream_target(upstream_id: str) -> str:
    """The target of an upstream MCP server."""
    return f"upstream {upstream_id}"
