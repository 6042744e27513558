"""The Celery application: `celery -A control_plane worker|beat`, configured by `CELERY_…` in control_plane.settings.

The broker is a doorbell and nothing else: results are not kept, and every task may safely run twice.
"""

import gc
import os

from celery import Celery
from celery.beat import PersistentScheduler
from celery.signals import setup_logging

from control_plane.health.heartbeat import process_is_alive

# What is loaded from here on stays; to look through it meanwhile, again and again, takes an eighth of the start.
gc.set_threshold(20_000, 20, 50)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
# What Django's checks find, `prepare`, `migrate` and `check` have said before. They would load every page, and double
# what a worker takes to start.
os.environ.setdefault("CELERY_SKIP_CHECKS", "yes")

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


def keep_logging(**_: object) -> None:
    """Django's settings have configured logging; while this listens, Celery leaves it alone."""


setup_logging.connect(keep_logging)
