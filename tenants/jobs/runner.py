"""What runs the tools of jobs in this process, as the composition root hands it in."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from mcp_runtime.contract.job_running import JobRunner


@cache
def _load(path: str) -> JobRunner:
    runner: JobRunner = import_string(path)
    return runner


def job_runner() -> JobRunner:
    """The runner that the setting JOB_RUNNER names. Raises ImportError where it names nothing."""
    return _load(settings.JOB_RUNNER)
