"""Django's cache in the store, so that what is counted there is counted for all web processes together."""

import json
import logging
from typing import Any, Final

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

AWAY: Final = "while-the-store-is-away"
OPTIONS: Final = {"socket_timeout": 2, "socket_connect_timeout": 1}


class JsonValues:
    """Numbers, text and lists as JSON: whoever can write to the store can't make a web process run anything."""

    def dumps(self, value: Any) -> bytes:
        """As JSON; a number stays one that the store can count up."""
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        """From JSON."""
        return json.loads(data)


class SharedCache(RedisCache):
    """While the store is away, each process counts for itself, so that limits on sign-in hold then too."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**OPTIONS, "serializer": JsonValues}})
        self._own = LocMemCache(AWAY, {**params, "OPTIONS": {}})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """As Django's."""
        return bool(self._ask("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """As Django's."""
        return self._ask("get", key, default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """As Django's."""
        self._ask("set", key, value, timeout=timeout, version=version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        """As Django's."""
        return bool(self._ask("delete", key, version=version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """As Django's."""
        return int(self._ask("incr", key, delta, version=version))

    def clear(self) -> None:
        """Refused: the store holds more than this cache."""
        raise RuntimeError("The store is emptied by its operator, not by the cache.")

    def _ask(self, name: str, *values: Any, **options: Any) -> Any:
        try:
            return getattr(super(), name)(*values, **options)
        except RedisError as error:
            logger.warning("The store does not answer: this process counts for itself.", extra={"reason": str(error)})
            return getattr(self._own, name)(*values, **options)
