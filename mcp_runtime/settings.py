"""What the runtime must be told; the composition root reads the environment and fills it in."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from secrets import token_hex
from uuid import uuid4

VERSION = "0.1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeSettings:
    """One replica's settings.

    `allowed_hosts` are lower-case host names (without port) that requests may name; `allow_loopback` adds every
    loopback spelling on any port, for an embedded installation. `allowed_origins` apply to every server, beside each
    server's own. `trusted_proxies` are the addresses whose X-Forwarded-For is believed. `job_patience` is how long a
    call without a progress token waits for its job. `standing_seconds` is how long a session's own stream stays on one
    connection, where clients know to come back. `input_seconds` is how long a call in a session waits for its client to
    answer a question, and `reply_poll_interval` how often it looks for an answer that it has not heard of. `secrets`
    seal what clients carry from one request to the next: all replicas have the same, and what the first has sealed each
    of them opens. Times are seconds.
    """

    public_url: str
    redis_url: str
    allowed_hosts: frozenset[str] = frozenset()
    allow_loopback: bool = False
    allowed_origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    metrics_token: str = ""
    replica: str = field(default_factory=lambda: uuid4().hex[:12])
    version: str = VERSION
    cached_servers: int = 5_000
    cached_credentials: int = 50_000
    poll_interval: float = 1.0
    staleness_limit: float = 4.0
    heartbeat_interval: float = 15.0
    job_patience: float = 50.0
    session_idle: int = 3600
    pulse_interval: float = 2.0
    job_poll_interval: float = 2.0
    audit_interval: float = 0.025
    audit_buffer: int = 50_000
    drain_seconds: float = 20.0
    standing_seconds: float = 600.0
    input_seconds: float = 600.0
    reply_poll_interval: float = 3.0
    secrets: tuple[str, ...] = field(default_factory=lambda: (token_hex(),), repr=False)
