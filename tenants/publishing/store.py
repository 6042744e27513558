"""The connection to the store. Its time-outs are short, for a request may be waiting: a document that could not be
published now is published by the next drain."""

from functools import cache
from typing import Any, Final

import redis
from django.conf import settings

CONNECT_SECONDS: Final = 0.5
ANSWER_SECONDS: Final = 2.0

STORE_DOWN: Final = (redis.RedisError, OSError)
"""What a call raises while the store can't be reached, or answers with an error."""


@cache
def _connect(url: str) -> Any:
    return redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS)


def store() -> Any:
    """The client of this process, for REDIS_URL. Connects when it is first used."""
    return _connect(settings.REDIS_URL)
