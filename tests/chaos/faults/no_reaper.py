"""Nobody comes for the jobs of lost workers."""

from tenants.services import job_reaping


def plant() -> None:
    """In the worker for the housekeeping."""
    job_reaping.jobs_reap = dict
