"""A worker that writes whether or not the job is still its own, and never stops what it has lost."""

from typing import Any

from mcp_runtime.jobs.fence import Fence
from tenants.jobs import watch
from tenants.services import job_endings
from tenants.services.job_leases import Renewal


def plant() -> None:
    """In a worker for tools."""
    renew, end = watch.job_renew, job_endings.job_end_asked

    def renew_anything(**asked: Any) -> Renewal:
        renew(**asked)
        return Renewal(held=True)

    def end_anything(**asked: Any) -> Any:
        return end(**{**asked, "still": {}})

    watch.job_renew, job_endings.job_end_asked = renew_anything, end_anything
    Fence.arm = lambda *_: None
