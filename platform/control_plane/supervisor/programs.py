"""What an embedded installation consists of, in the order of its start."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from control_plane.supervisor.child import Program
from control_plane.supervisor.store import EmbeddedStore

SERVE: Final = (sys.executable, "-m", "control_plane.serve")

WORKERS: Final = 2
"""Processes that run background tools at once."""

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
        """Celery's worker for both queues."""
        pool = ("--concurrency", str(WORKERS), "--without-gossip", "--without-mingle", "--hostname", "worker@localhost")
        return self._celery("worker", "--queues", "tools,housekeeping", *pool)

    def beat(self) -> Program:
        """Celery's clock."""
        return self._celery("beat", "--schedule", str(self.directory / "beat-schedule"), "--pidfile", "")

    def _celery(self, kind: str, *options: str) -> Program:
        return Program(
            name=kind,
            command=(sys.executable, "-m", "celery", "--quiet", "-A", "control_plane", kind, *options),
            environment={**self.environment, "ATRIUM_PROCESS": kind},
            log=self._log(kind),
        )

    def _log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"
