"""Signs of life of the processes that answer no requests: a key in Redis that expires unless it is set again."""

import logging
import time
from functools import cache
from typing import Final, Literal

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

Process = Literal["worker", "beat"]

LIFETIME_SECONDS: Final = 20
"""A process that has been silent for so long counts as gone."""

TIMEOUT_SECONDS: Final = 2.0


@cache
def store() -> redis.Redis:
    """A client for probes and heartbeats; it gives up quickly."""
    client: redis.Redis = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
    )
    return client


def _key(process: Process) -> str:
    return f"atrium:alive:{process}"


def process_is_alive(process: Process) -> None:
    """Note that this process lives now. A store that is away is not this process's fault: it is logged, not raised."""
    try:
        store().set(_key(process), repr(time.time()), ex=LIFETIME_SECONDS)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        logger.warning("no heartbeat could be written", extra={"process": process, "error": type(error).__name__})


def seconds_since(process: Process) -> float | None:
    """Seconds since its last sign of life, or None where it counts as gone. Raises redis.RedisError."""
    value = store().get(_key(process))
    return None if value is None else max(0.0, time.time() - float(value))
