"""Notices that a worker has gone deaf: jobs wait that could run, one of its processes is idle, and no bell reaches it.

Connections to brokers have a way of looking alive after they were lost. Whoever notices rings first; what doesn't hear
that either is ended, and started again by whatever keeps it running.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic
from typing import Final

from django.db import connection

from mcp_runtime.contract.ports import RecordUnavailable
from tenants.jobs.asking import database_asked
from tenants.publishing.bell import ring
from tenants.publishing.store import STORE_DOWN
from tenants.selectors.job_queue import queue_state

logger = logging.getLogger(__name__)

LOOKS: Final = 6
"""How often it looks until it is sure."""


class Watchdog:
    """Watches one worker, from a thread of its main process. `has_idle` says whether a process of its pool waits for
    work, `bells` how many it has heard so far; `end` is called once, when it has heard none for `patience` seconds."""

    def __init__(
        self, *, patience: float, has_idle: Callable[[], bool], bells: Callable[[], int], end: Callable[[], None]
    ) -> None:
        self._patience, self._has_idle, self._bells, self._end = patience, has_idle, bells, end
        self._stopped = Event()
        self._since: float | None = None
        self._heard = 0
        self._has_rung = False

    def start(self) -> None:
        """Watch from now on."""
        Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(self._patience / LOOKS):
            is_deaf = self.is_deaf()
            connection.close()  # it is not asked often
            if is_deaf:
                self._end()
                return

    def is_deaf(self) -> bool:
        """Look once. True where the looks so far leave no other explanation."""
        if not self._jobs_wait_for_us():
            self._since, self._has_rung = None, False
            return False
        if self._since is None:
            self._since, self._heard = monotonic(), self._bells()
        waited = monotonic() - self._since
        if waited >= self._patience / 2 and not self._has_rung:
            self._ring()
        return self._has_rung and waited >= self._patience

    def _jobs_wait_for_us(self) -> bool:
        """Whether there is still what there was at the first look: jobs to be had, somebody idle, and silence."""
        if not self._has_idle() or (self._since is not None and self._bells() != self._heard):
            return False
        try:
            with database_asked():
                return queue_state().eligible > 0
        except RecordUnavailable:
            return False

    def _ring(self) -> None:
        """The bell that came with the job may be lost, and whoever rings for what is left over may be away."""
        try:
            ring()
            self._has_rung = True
        except STORE_DOWN as error:
            self._since = None
            logger.info("a broker that is away makes nobody deaf", extra={"error": type(error).__name__})
