"""The one Redis connection pool of a replica: bounded, with short time-outs, so that a dead store fails fast."""

from typing import Final

import redis.asyncio as redis
from redis.exceptions import RedisError

CONNECTIONS: Final = 32
TIMEOUT_SECONDS: Final = 1.0

STORE_DOWN: Final = (RedisError, OSError, TimeoutError)
"""What redis-py raises when the store is away, slow or refusing."""


def connect(url: str) -> "redis.Redis":
    """A client on a pool that makes callers wait for a connection instead of failing beyond the limit."""
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
    )
    return redis.Redis(connection_pool=pool)
