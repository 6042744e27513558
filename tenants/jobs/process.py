"""What a process needs that runs jobs: a runner that is ready, and ears: for who wants a job to stop, and for work."""

import gc
from functools import cache

from tenants.jobs.awake import AwakeEar
from tenants.jobs.ear import ControlEar
from tenants.jobs.runner import job_runner


@cache
def job_process_start() -> AwakeEar:
    """Bring all up. Once per process, after it was forked, on the thread that runs its tasks: the runner ends with
    it."""
    runner = job_runner()
    runner.warm()
    ControlEar(runner.look).start()
    gc.freeze()  # what is loaded by now stays: to look through it again and again would only hold jobs up
    return AwakeEar()
