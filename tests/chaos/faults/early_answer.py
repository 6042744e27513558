"""A runtime that answers first, and commits then."""

from threading import Timer
from time import time
from typing import Final

from mcp_runtime.contract.jobs import JobState, JobView, NewJob
from tenants.runtime_ports import job_record

LATE_SECONDS: Final = 1.0


def plant() -> None:
    """In a runtime."""
    create = job_record.job_create

    def create_later(*, job: NewJob) -> JobView:
        Timer(LATE_SECONDS, create, kwargs={"job": job}).start()
        now = time()
        return JobView(id=job.id, tool=job.tool, state=JobState.QUEUED, attempt=0, created_at=now, updated_at=now)

    job_record.job_create = create_later
