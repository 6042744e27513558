"""Hearing the bell without the broker: what a process does between two jobs, while it is awake.

While it waits its name is in a list in the store. Whoever rings takes one name off and tells that process alone; where
there is none, the broker is asked. Nothing rests on it: a bell whose process then died is rung again by the outbox's
drain, through the broker.
"""

import logging
from secrets import token_hex
from time import monotonic
from typing import Any, Final

import redis
from django.conf import settings

from mcp_runtime.contract import keys
from mcp_runtime.contract.jobs import JobView
from tenants.publishing.job_events import QueuePlace, job_ended_body, job_ended_publish
from tenants.publishing.store import CONNECT_SECONDS, STORE_DOWN, store

logger = logging.getLogger(__name__)

ANSWER_SECONDS: Final = 0.5
"""How long the store may take to pass a bell on."""

FORGET_SECONDS: Final = 60
"""What is left of processes that died while they waited is forgotten after so long without any other."""


class AwakeEar:
    """One process's, for its one thread that takes jobs. It listens, looks for work, and waits; takes a job, and leaves
    while that begins."""

    def __init__(self) -> None:
        self._name = token_hex(8)
        self._channel: Any = None
        self._is_listed = False
        self.place: QueuePlace | None = None
        """Where the job waits that the last bell was rung for, if it said so."""

    def listen(self) -> None:
        """Be told of work from now on: whoever looks for work after this misses none. Where the store is away, `wait`
        does not wait."""
        try:
            if self._channel is None:
                self._channel = _connected().pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                self._channel.subscribe(keys.job_bell_channel(self._name))
                self._channel.get_message(timeout=ANSWER_SECONDS)  # the store has taken it
            if not self._is_listed:
                self._enter()
        except STORE_DOWN as error:
            self._lose(error)

    def tell_end(self, view: JobView) -> None:
        """Tell a job's listeners that it has ended, and be told of work from now on, as after `listen`: whoever hears
        of the end and asks for the next job at once finds this process awake. Where that can't be, only tell."""
        if self._channel is not None and not self._is_listed:
            try:
                self._enter(keys.job_channel(view.id), job_ended_body(view=view))
            except STORE_DOWN as error:
                self._lose(error)
            else:
                return
        job_ended_publish(view=view)

    def _enter(self, channel: str = "", body: bytes = b"") -> None:
        """Put its name in the list, and then say something on a channel."""
        with store().pipeline(transaction=False) as pipe:
            pipe.rpush(keys.JOBS_AWAKE, self._name)
            pipe.expire(keys.JOBS_AWAKE, FORGET_SECONDS)
            if channel:
                pipe.publish(channel, body)
            pipe.execute()
        self._is_listed = True

    def wait(self, seconds: float) -> bool:
        """Wait until the bell rings; False when it has not for so long."""
        until = monotonic() + seconds
        try:
            while self._is_listed and (left := until - monotonic()) > 0:
                message = self._channel.get_message(timeout=left)
                if message is not None:
                    self._is_listed, self.place = False, QueuePlace.decoded(message["data"])
                    return True
        except STORE_DOWN as error:
            self._lose(error)
        return False

    def leave(self) -> int:
        """Hear no more. How many bells came that were not waited for: whoever rang it relies on this process."""
        if not self._is_listed:
            return 0
        self._is_listed = False
        try:
            if store().lrem(keys.JOBS_AWAKE, 0, self._name):
                return 0
            self._channel.get_message(timeout=ANSWER_SECONDS)
        except STORE_DOWN as error:
            self._lose(error)
        return 1

    def _lose(self, error: Exception) -> None:
        logger.info("the bell is heard from the broker alone", extra={"error": type(error).__name__})
        channel, self._channel, self._is_listed = self._channel, None, False
        self._name = token_hex(8)  # nobody hears the old one any more
        if channel is not None:
            channel.close()


def _connected() -> "redis.Redis":
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS
    )
