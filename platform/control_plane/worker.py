"""A worker of Celery: what it says of itself, its end when it has gone deaf, and what its pool needs for jobs.

Celery imports this when a worker starts (`CELERY_IMPORTS`).
"""

import logging
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from celery import current_app
from celery.signals import heartbeat_sent, task_prerun, task_received, worker_process_init, worker_ready
from celery.worker import state
from django.conf import settings
from django.db import close_old_connections

from control_plane.health.heartbeat import Process, process_is_alive
from control_plane.health.workers import Worker, worker_says, worker_was_deaf
from mcp_runtime.lifeline import end_with_parent
from tenants.jobs.process import job_process_start
from tenants.jobs.watchdog import Watchdog
from tenants.publishing import bell

logger = logging.getLogger(__name__)

PROCESS_OF_QUEUE: Final[Mapping[str, Process]] = MappingProxyType({"housekeeping": "worker", bell.QUEUE: "tools"})
"""The part of an installation that lives while somebody serves a queue."""

IDLE_GRACE_SECONDS: Final = 10.0
BUSY_GRACE_SECONDS: Final = 60.0
"""What a deaf worker has left to end in order: longer where jobs run in it, for they may come to their end."""


@dataclass(slots=True)
class WorkerLife:
    """One worker from its start. `consumer` is Celery's, once it is ready."""

    queues: tuple[str, ...] = ()
    consumer: Any = None
    started_at: float = 0.0
    bells: int = 0

    def begin(self, consumer: Any, queues: tuple[str, ...]) -> None:
        """It is ready to hear. One that runs jobs is watched."""
        self.consumer, self.queues, self.started_at = consumer, queues, time.time()
        self.say()
        if bell.QUEUE in queues:
            patience = settings.JOB_DEAF_SECONDS
            Watchdog(patience=patience, has_idle=self._has_idle, bells=lambda: self.bells, end=self._end).start()

    def hear(self, task: str) -> None:
        """A message has come in."""
        if task == bell.TASK:
            self.bells += 1

    def say(self) -> None:
        """Tell how it is."""
        if self.consumer is not None:
            worker_says(
                Worker(
                    name=self.consumer.hostname,
                    queues=list(self.queues),
                    processes=self._processes(),
                    busy=len(state.active_requests),
                    started_at=self.started_at,
                    seen_at=time.time(),
                )
            )

    def _processes(self) -> int:
        return int(self.consumer.pool.num_processes)

    def _has_idle(self) -> bool:
        return len(state.active_requests) < self._processes()

    def _end(self) -> None:
        """End this process, so that it is started again: in order, and after a grace without."""
        busy = len(state.active_requests)
        logger.error("this worker hears no bell any more, and ends", extra={"worker": self.consumer.hostname})
        worker_was_deaf()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(BUSY_GRACE_SECONDS if busy else IDLE_GRACE_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)


life: Final = WorkerLife()
"""Of this process, where it is a worker's."""


def _queues() -> tuple[str, ...]:
    """The queues that this worker was told to serve."""
    return tuple(queue for queue in PROCESS_OF_QUEUE if queue in current_app.amqp.queues.consume_from)


def worker_sends_heartbeat(**_: object) -> None:
    """The worker's own timer has rung (every 2 s, in its main process, busy or not)."""
    for queue in _queues():
        process_is_alive(PROCESS_OF_QUEUE[queue])
    life.say()


def worker_is_ready(sender: Any, **_: object) -> None:
    """From now on its pool can be asked, and it should hear."""
    life.begin(sender, _queues())


def message_came(request: Any, **_: object) -> None:
    """The main process has taken a message."""
    life.hear(request.name)


def pool_process_starts(**_: object) -> None:
    """The pool of a worker that was killed must not go on without it. One for jobs is ready before the first comes."""
    end_with_parent()
    if bell.QUEUE in _queues():
        job_process_start()


def task_starts(**_: object) -> None:
    """A connection that is old, or was lost since the last task, is not used again."""
    close_old_connections()


worker_ready.connect(worker_is_ready)
task_received.connect(message_came)
heartbeat_sent.connect(worker_sends_heartbeat)
task_prerun.connect(task_starts)
worker_process_init.connect(pool_process_starts)
