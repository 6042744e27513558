"""Celery's doors to the housekeeping. `control_plane` puts BEAT_SCHEDULE into its beat."""

from typing import Any, Final

from celery import shared_task

from tenants.publishing import drain, reconciliation
from tenants.services import audit_drain as audit
from tenants.services import retention as retaining

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


def _every(seconds: float, task: str) -> dict[str, Any]:
    """Beat's entry. A run that nobody took before the next but one is due is dropped, so they don't pile up."""
    return {"task": task, "schedule": seconds, "options": {"queue": QUEUE, "expires": 2 * seconds}}


BEAT_SCHEDULE: Final = {
    "outbox-drain": _every(1.0, "tenants.outbox_drain"),
    "audit-drain": _every(1.0, "tenants.audit_drain"),
    "reconcile": _every(60.0, "tenants.reconcile"),
    "retention": _every(3600.0, "tenants.retention"),
}
