"""A worker for jobs as a process of its own, on the database and the store of the test."""

import os
import signal
import sys
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from mcp_runtime.toolkits.registry import ToolkitRegistry
from mcp_runtime.toolkits.text import toolkit as text
from tenants.models import Job
from tenants.scope import platform_scope
from tenants.services.server_tools import server_tool_add
from tests.control_plane.processes.installation import command_of, descendants_of
from tests.fixtures.cast import Person
from tests.fixtures.process import Process
from tests.fixtures.waiting import until
from tests.mcp_runtime.jobs.job_toolkit import toolkit as jobs
from tests.mcp_runtime.jobs.running import toolkit_installed
from tests.repository import PYTHON_PATH
from tests.tenants.jobs import ask

CATALOGUE: Final = ToolkitRegistry([text, jobs])
WORKER: Final = ("celery", "-A", "control_plane", "worker", "--queues", "tools", "--concurrency", "2")
START_SECONDS: Final = 180.0
SOON: Final = 30.0
"""Generous, for a machine that does other things as well."""


class JobWorker(Process):
    """One worker, with the toolkit of tests/mcp_runtime/jobs."""

    def __init__(self, folder: Path, store_url: str, name: str = "tools", **environment: str) -> None:
        site = folder / f"site-{name}"
        given = {
            "ATRIUM_DATA_DIR": str(folder),
            "ATRIUM_PROCESS": "tools",
            "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
            "REDIS_URL": store_url,
            "SECRET_KEY": settings.SECRET_KEY,
            "PYTHONPATH": os.pathsep.join([PYTHON_PATH, toolkit_installed(site)]),
            "HOSTNAME": name,
            **environment,
        }
        options = ("--without-gossip", "--without-mingle", "--hostname", f"{name}@test")
        super().__init__((sys.executable, "-m", *WORKER, *options), folder / f"{name}.log", given)
        self.name = f"{name}@test"

    def wait_until_up(self) -> None:
        """Until it takes work, and its runners are there."""
        self.wait_until(lambda: "ready." in self.output() and len(self.runners()) == 2, START_SECONDS)

    def runners(self) -> set[int]:
        """The processes in which tools run."""
        below = descendants_of(self.process.pid)
        return {pid for pid in below if "mcp_runtime.jobs.runner" in command_of(pid)}

    def pool(self) -> set[int]:
        """The processes that claim jobs."""
        return descendants_of(self.process.pid) - self.runners()


def asked(person: Person, tool: str, **values: Any) -> str:
    """A job of one of the tools, which the person's server gets; its id."""
    company = person.company
    server_tool_add(tenant=company.tenant, actor=person.actor, server=company.server, toolkit="jobs", tool=tool)
    return ask(person, tool=tool, **{"arguments": {}, **values}).id


def facts(job_id: str) -> dict[str, Any]:
    """The row as it is now."""
    with platform_scope("test"):
        return dict(Job.objects.filter(pk=job_id).values().get())


def until_so(job_id: str, seconds: float = SOON, **values: Any) -> dict[str, Any]:
    """Wait until the row has these values; raises TimeoutError."""

    def is_so() -> bool:
        row = facts(job_id)
        return all(row[name] == value for name, value in values.items())

    until(is_so, seconds)
    return facts(job_id)


def kill(pid: int) -> None:
    """End a process without a warning."""
    os.kill(pid, signal.SIGKILL)
