"""What an embedded installation consists of, in the order of its start."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from control_plane.supervisor.child import Program
from control_plane.supervisor.store import EmbeddedStore

SERVE: Final = (sys.executable, "-m", "control_plane.serve")

JOBS_AT_ONCE: Final = 2
"""Processes that run background tools. Each of them has one more, in which the tool runs."""

HOUSEKEEPING: Final = 2
"""Processes for short tasks, apart from those: nothing that takes long may keep the outbox waiting."""

TOOLS_GRACE: Final = 15.0
"""What a job that runs has left when everything is stopped; one that is cut off may run again, or its outcome is
unknown."""

SERVER_GRACE: Final = 35.0
"""A little more than the drain and the closing of `control_plane.draining`."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Makes the programs of one installation: one environment, one folder of logs."""

    directory: Path
    environment: Mapping[str, str]

    def store(self, store: EmbeddedStore) -> Program:
        """The store: everything else needs it, so it ends last; left alone it writes its file and ends."""
        return Program(
            name="store",
            command=(store.binary, str(store.configuration)),
            environment=self.environment,
            log=self._log("store"),
            orphaned=signal.SIGTERM,
            order=0,
        )

    def web(self, descriptor: int) -> Program:
        """Web and runtime in one process, on the supervisor's socket. Calls may wait for workers, so it ends first."""
        return Program(
            name="web",
            command=(*SERVE, "embedded", "--descriptor", str(descriptor)),
            environment=self.environment,
            log=self._log("web"),
            grace=SERVER_GRACE,
            inherits=(descriptor,),
            order=2,
        )

    def runtime(self, port: int) -> Program:
        """The runtime alone, on a port of its own."""
        command = (*SERVE, "runtime", "--port", str(port))
        return Program(
            name="runtime", command=command, environment=self.environment, log=self._log("runtime"), grace=SERVER_GRACE
        )

    def worker(self) -> Program:
        """Celery's worker for the housekeeping."""
        return self._worker("worker", queue="housekeeping", processes=HOUSEKEEPING)

    def tools(self) -> Program:
        """Celery's worker for jobs."""
        return replace(self._worker("tools", queue="tools", processes=JOBS_AT_ONCE), grace=TOOLS_GRACE)

    def beat(self) -> Program:
        """Celery's clock."""
        return self._celery("beat", "beat", "--schedule", str(self.directory / "beat-schedule"), "--pidfile", "")

    def _worker(self, kind: str, *, queue: str, processes: int) -> Program:
        pool = ("--concurrency", str(processes), "--without-gossip", "--without-mingle")
        return self._celery(kind, "worker", "--queues", queue, *pool, "--hostname", f"{kind}@localhost")

    def _celery(self, kind: str, *arguments: str) -> Program:
        return Program(
            name=kind,
            command=(sys.executable, "-m", "celery", "--quiet", "-A", "control_plane", *arguments),
            environment={**self.environment, "ATRIUM_PROCESS": kind},
            log=self._log(kind),
        )

    def _log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"
