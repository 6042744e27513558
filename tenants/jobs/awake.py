"""Hearing the bell without the broker: what a process does between two jobs, while it is awake.

It is subscribed to the bell only while it waits. So whoever rings learns from the number of receivers whether somebody
is there to come, and leaves the broker alone where somebody is. Nothing rests on it: a bell that was heard by a process
which then died is rung again by the outbox's drain, through the broker.
"""

import logging
from time import monotonic
from typing import Any, Final

import redis
from django.conf import settings

from mcp_runtime.contract import keys
from tenants.publishing.store import CONNECT_SECONDS, STORE_DOWN

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 0.5
"""How long the store may take to say that it has taken a subscription or its end."""


class AwakeEar:
    """One process's, for its one thread that takes jobs. It listens, looks for work, and waits; takes a job, and leaves
    while that begins."""

    def __init__(self) -> None:
        self._channel: Any = None
        self._is_subscribed = False

    def listen(self) -> None:
        """Hear bells from now on: whoever looks for work after this misses none. Where the store is away, `wait` does
        not wait."""
        self.leave()
        try:
            if self._channel is None:
                self._channel = _connected().pubsub()  # type: ignore[no-untyped-call]
            self._channel.subscribe(keys.JOB_BELL)
            self._is_subscribed = True
            self._read_until("subscribe")
        except STORE_DOWN as error:
            self._lose(error)

    def wait(self, seconds: float) -> bool:
        """Wait until the bell rings; False when it has not for so long."""
        until = monotonic() + seconds
        try:
            while self._is_subscribed and (left := until - monotonic()) > 0:
                message = self._channel.get_message(timeout=left)
                if message is not None and message["type"] == "message":
                    return True
        except STORE_DOWN as error:
            self._lose(error)
        return False

    def leave(self) -> int:
        """Hear no more. How many bells came that were not waited for: whoever rang them relies on this process."""
        if not self._is_subscribed:
            return 0
        try:
            self._channel.unsubscribe(keys.JOB_BELL)
            bells = self._read_until("unsubscribe")
        except STORE_DOWN as error:
            self._lose(error)
            return 1  # nobody knows
        self._is_subscribed = False
        return bells

    def _read_until(self, last: str) -> int:
        """Read up to the answer of this type; how many bells came before it."""
        bells, until = 0, monotonic() + ANSWER_SECONDS
        while (left := until - monotonic()) > 0:
            message = self._channel.get_message(timeout=left)
            if message is not None and message["type"] == last:
                return bells
            bells += message is not None and message["type"] == "message"
        raise redis.TimeoutError(f"the store did not answer with {last}")

    def _lose(self, error: Exception) -> None:
        logger.info("the bell is heard from the broker alone", extra={"error": type(error).__name__})
        channel, self._channel, self._is_subscribed = self._channel, None, False
        if channel is not None:
            channel.close()


def _connected() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS
    )
