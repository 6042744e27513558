"""Hears that somebody wants a job to stop, so that its worker need not wait for the next renewal.

One thread per process hears of all jobs: cancelling is rare, and a job costs no subscription. Nothing rests on it.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

import redis
from django.conf import settings

from mcp_runtime.contract import keys
from tenants.publishing.store import CONNECT_SECONDS, STORE_DOWN

logger = logging.getLogger(__name__)

EVERY_JOB: Final = keys.job_control_channel("*")
_BEFORE_ID: Final = len(keys.job_control_channel(""))
WAIT_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 1.0


class ControlEar:
    """Calls `heard` with the id of each job whose row should be looked at, on a thread of its own."""

    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard
        self._closed = Event()
        self._thread: Thread | None = None
        self.listens = Event()
        """Set while it is heard what is said."""

    def start(self) -> None:
        """Listen from now on. Once per process, after it was forked."""
        if self._thread is None:
            self._thread = Thread(target=self._listen, name="job-control", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop listening, within a few seconds."""
        self._closed.set()

    def _listen(self) -> None:
        while not self._closed.is_set():
            client = redis.Redis.from_url(
                settings.REDIS_URL, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=WAIT_SECONDS * 2
            )
            try:
                with client, client.pubsub() as channel:  # type: ignore[no-untyped-call]
                    self._hear(channel)
            except STORE_DOWN as error:
                logger.info("nobody can say that jobs should stop", extra={"error": type(error).__name__})
            self.listens.clear()
            self._closed.wait(RETRY_SECONDS)

    def _hear(self, channel: "redis.client.PubSub") -> None:
        channel.psubscribe(EVERY_JOB)
        while not self._closed.is_set():
            message = channel.get_message(timeout=WAIT_SECONDS)
            if message is None:
                continue
            if message["type"] == "pmessage":
                self._heard(message["channel"].decode()[_BEFORE_ID:])
            elif message["type"] == "psubscribe":
                self.listens.set()
