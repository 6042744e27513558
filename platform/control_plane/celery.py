"""The Celery application: `celery -A control_plane worker|beat`, configured by `CELERY_…` in control_plane.settings.

The broker is a doorbell and nothing else: results are not kept, and every task may safely run twice.
"""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from celery import Celery
from celery.beat import PersistentScheduler
from celery.signals import heartbeat_sent, setup_logging, worker_process_init

from control_plane.health.heartbeat import Process, process_is_alive
from control_plane.supervisor.lifeline import end_with_parent
from tenants.jobs.process import job_process_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")

app = Celery("atrium")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class ObservedScheduler(PersistentScheduler):  # type: ignore[misc]
    """Celery's scheduler; each look at the schedule is a sign of life.

    Looks are at most `CELERY_BEAT_MAX_LOOP_INTERVAL` seconds apart, and none comes while the broker can't be reached.
    """

    def tick(self, *arguments: object, **options: object) -> float:
        """Send what is due; seconds until the next look."""
        interval = float(super().tick(*arguments, **options))
        process_is_alive("beat")
        return interval


PROCESS_OF_QUEUE: Final[Mapping[str, Process]] = MappingProxyType({"housekeeping": "worker", "tools": "tools"})
"""The part of an installation that lives while somebody serves a queue."""


def _queues() -> list[str]:
    """The queues that this worker was told to serve."""
    return [queue for queue in PROCESS_OF_QUEUE if queue in app.amqp.queues.consume_from]


def worker_sends_heartbeat(**_: object) -> None:
    """The worker's own timer has rung (every 2 s, in its main process, busy or not)."""
    for queue in _queues():
        process_is_alive(PROCESS_OF_QUEUE[queue])


def pool_process_starts(**_: object) -> None:
    """The pool of a worker that was killed must not go on without it. One for jobs is ready before the first comes."""
    end_with_parent()
    if "tools" in _queues():
        job_process_start()


def keep_logging(**_: object) -> None:
    """Django's settings have configured logging; while this listens, Celery leaves it alone."""


setup_logging.connect(keep_logging)
heartbeat_sent.connect(worker_sends_heartbeat)
worker_process_init.connect(pool_process_starts)
