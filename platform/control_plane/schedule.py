"""What beat rings for, and when: the domain's own schedule."""

from control_plane.celery import app
from tenants.tasks import BEAT_SCHEDULE

app.conf.beat_schedule = dict(BEAT_SCHEDULE)
