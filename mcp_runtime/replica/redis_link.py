"""The Redis connections of a replica: few, and with short time-outs, so that a dead store fails fast."""

import asyncio
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
    """Sends as redis-py does, but for three things. A cancellation that comes as the last byte is written is obeyed:
    `asyncio.wait_for` of Python 3.11 forgets it (gh-86296), and a task that was told to end goes on. No command costs
    a task of its own. And of a connection that was just reset uvloop says that it is closed with a RuntimeError."""

    async def send_packed_command(self: Any, command: Any, check_health: bool = True) -> None:
        if not self.is_connected:
            await self.connect_check_health(check_health=False)
        if check_health:
            await self.check_health()
        try:
            async with asyncio.timeout(self.socket_timeout):
                self._writer.writelines([command.encode()] if isinstance(command, str) else command)
                await self._writer.drain()
        except TimeoutError:
            await self.disconnect(nowait=True)
            raise redis.TimeoutError("the store takes nothing") from None
        except (OSError, RuntimeError) as error:
            if self.is_connected and not isinstance(error, OSError):
                raise
            await self.disconnect(nowait=True)
            raise redis.ConnectionError("the store has closed the connection") from error
        except asyncio.CancelledError:
            await self.disconnect(nowait=True)  # part of a command may have been sent
            raise


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


def connect_ear(url: str, *, answer_seconds: float = TIMEOUT_SECONDS) -> "redis.Redis":
    """A client for one subscribed connection. It never connects again by itself: whoever listens must know of it.

    A retry that knows no error: one of no retries would still connect and subscribe again before it gives up.
    """
    never: Retry = Retry(NoBackoff(), 0, supported_errors=())
    pool = redis.ConnectionPool.from_url(
        url, socket_timeout=answer_seconds, socket_connect_timeout=TIMEOUT_SECONDS, retry=never
    )
    return redis.Redis.from_pool(_on_our_connections(pool))


def _on_our_connections(pool: redis.ConnectionPool) -> redis.ConnectionPool:
    pool.connection_class = _CONNECTIONS[pool.connection_class]
    return pool
