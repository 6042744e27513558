"""What beat rings for, and when: the domain's own schedule, and the web process's housekeeping."""

from typing import Final

from control_plane.celery import app
from tenants.tasks import BEAT_SCHEDULE, QUEUE

DAY: Final = 86400.0

app.conf.beat_schedule = {
    **BEAT_SCHEDULE,
    "sessions-clear": {
        "task": "control_plane.sessions_clear",
        "schedule": DAY,
        "options": {"queue": QUEUE, "expires": DAY},
    },
}
