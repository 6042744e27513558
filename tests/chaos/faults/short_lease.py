"""Not a fault, but what makes waiting for one short: workers hold jobs for a few seconds at a time."""

from datetime import timedelta
from typing import Final

from control_plane import composition
from mcp_runtime.jobs.attempt import Pace
from tenants.jobs import watch, working
from tenants.services import job_claiming, job_leases

SECONDS: Final = 4.0


def plant() -> None:
    """In a worker for tools."""
    for module in (job_claiming, job_leases, watch, working):
        module.LEASE = timedelta(seconds=SECONDS)
    for runner in (composition.job_runner.toolkits, composition.job_runner.others):
        runner._pace = Pace(renewing=0.5, renewing_again=0.5, margin=1.0)
