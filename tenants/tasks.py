"""Celery's doors to jobs and to the housekeeping. `control_plane` puts BEAT_SCHEDULE into its beat."""

import os
from typing import Any, Final

from celery import shared_task

from tenants.jobs.process import job_process_start
from tenants.jobs.runner import job_runner
from tenants.jobs.working import jobs_work
from tenants.publishing import bell, drain, reconciliation
from tenants.services import audit_drain as audit
from tenants.services import job_reaping
from tenants.services import retention as retaining
from tenants.upstream_turns import turns_begin

QUEUE: Final = "housekeeping"


@shared_task(name="tenants.outbox_drain", ignore_result=True)  # type: ignore[untyped-decorator]
def outbox_drain() -> int:
    """Publish what was committed."""
    return drain.outbox_drain()


@shared_task(name="tenants.audit_drain", ignore_result=True)  # type: ignore[untyped-decorator]
def audit_drain() -> int:
    """Write down the calls that the runtimes report."""
    return audit.audit_drain()


@shared_task(name="tenants.reconcile", ignore_result=True)  # type: ignore[untyped-decorator]
def reconcile() -> dict[str, int]:
    """Compare what is published with what should be, and mend it."""
    return reconciliation.reconcile()


@shared_task(name="tenants.retention", ignore_result=True)  # type: ignore[untyped-decorator]
def retention() -> dict[str, int]:
    """Remove what is past its time."""
    return retaining.retention_apply()


@shared_task(name="tenants.jobs_reap", ignore_result=True)  # type: ignore[untyped-decorator]
def jobs_reap() -> dict[str, int]:
    """Take back the jobs whose workers were lost, and ring for those that nobody came for."""
    return job_reaping.jobs_reap()


@shared_task(name="tenants.upstreams_read", ignore_result=True)  # type: ignore[untyped-decorator]
def upstreams_read() -> int:
    """Begin to read the upstreams whose turn has come."""
    return turns_begin()


@shared_task(name=bell.TASK, bind=True, ignore_result=True)  # type: ignore[untyped-decorator]
def job_run(self: Any) -> int:
    """The bell was rung: there is work. Which, the database says."""
    ear = job_process_start()
    return jobs_work(worker=f"{self.request.hostname}/{os.getpid()}", runner=job_runner(), ear=ear)


def _every(seconds: float, task: str) -> dict[str, Any]:
    """Beat's entry. A run that nobody took before the next but one is due is dropped, so they don't pile up."""
    return {"task": task, "schedule": seconds, "options": {"queue": QUEUE, "expires": 2 * seconds}}


BEAT_SCHEDULE: Final = {
    "outbox-drain": _every(1.0, "tenants.outbox_drain"),
    "audit-drain": _every(1.0, "tenants.audit_drain"),
    "jobs-reap": _every(5.0, "tenants.jobs_reap"),
    "upstreams-read": _every(10.0, "tenants.upstreams_read"),
    "reconcile": _every(60.0, "tenants.reconcile"),
    "retention": _every(3600.0, "tenants.retention"),
}
