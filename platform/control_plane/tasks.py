"""Celery's doors to the housekeeping of the web process."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task(name="control_plane.sessions_clear", ignore_result=True)  # type: ignore[untyped-decorator]
def sessions_clear() -> None:
    """Remove the sessions that have ended."""
    SessionStore.clear_expired()
