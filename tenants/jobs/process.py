"""What a process needs that runs jobs: a runner that is ready, and an ear for who wants a job to stop."""

from functools import cache

from tenants.jobs.ear import ControlEar
from tenants.jobs.runner import job_runner


@cache
def job_process_start() -> ControlEar:
    """Bring both up. Once per process, after it was forked, on the thread that runs its tasks: the runner ends with
    it."""
    runner = job_runner()
    runner.warm()
    ear = ControlEar(runner.look)
    ear.start()
    return ear
