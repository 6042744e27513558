"""The Redis connections of a replica: few, and with short time-outs, so that a dead store fails fast."""

from typing import Any, Final

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

CONNECTIONS: Final = 32
TIMEOUT_SECONDS: Final = 1.0

STORE_DOWN: Final = (RedisError, OSError, TimeoutError)
"""What redis-py raises when the store is away, slow or refusing."""


class _Sending:
    """Of a connection that was just reset uvloop says that it is closed with a RuntimeError; of one that another task
    has just found lost redis-py says with an AttributeError that there is nothing to write to."""

    async def send_packed_command(self, *command: Any, **options: Any) -> None:
        try:
            await super().send_packed_command(*command, **options)  # type: ignore[misc]
        except (RuntimeError, AttributeError) as error:
            if self.is_connected:  # type: ignore[attr-defined]
                raise
            raise redis.ConnectionError("the store has closed the connection") from error


class _Connection(_Sending, redis.Connection):
    pass


class _SSLConnection(_Sending, redis.SSLConnection):
    pass


class _UnixDomainSocketConnection(_Sending, redis.UnixDomainSocketConnection):
    pass


_CONNECTIONS: Final = {kind.__mro__[2]: kind for kind in (_Connection, _SSLConnection, _UnixDomainSocketConnection)}


def connect(url: str) -> "redis.Redis":
    """A client on a pool that makes callers wait for a connection instead of failing beyond the limit."""
    pool = redis.BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
    )
    return redis.Redis(connection_pool=_on_our_connections(pool))


def connect_ear(url: str) -> "redis.Redis":
    """A client for one subscribed connection. It never connects again by itself: whoever listens must know of it."""
    pool = redis.ConnectionPool.from_url(
        url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS, retry=Retry(NoBackoff(), 0)
    )
    return redis.Redis.from_pool(_on_our_connections(pool))


def _on_our_connections(pool: redis.ConnectionPool) -> redis.ConnectionPool:
    pool.connection_class = _CONNECTIONS[pool.connection_class]
    return pool
