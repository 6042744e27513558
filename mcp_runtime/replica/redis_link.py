"""The Redis connections of a replica: few, and with short time-outs, so that a dead store fails fast."""

from typing import Final

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
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


def connect_ear(url: str) -> "redis.Redis":
    """A client for one subscribed connection. It never connects again by itself: whoever listens must know of it."""
    return redis.Redis.from_url(
        url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=Retry(NoBackoff(), 0)
    )
