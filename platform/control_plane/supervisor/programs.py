"""What an embedded installation consists of, in the order of its start."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from control_plane.supervisor.child import Program
from control_plane.supervisor.store import EmbeddedStore

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
        """The store; left alone it writes its file and ends."""
        command = (store.binary, str(store.configuration))
        return self._program("store", command, orphaned=signal.SIGTERM)

    def web(self, descriptor: int) -> Program:
        """Web and runtime in one process, on the supervisor's socket."""
        command = (sys.executable, "-m", "control_plane.serve", "embedded", "--descriptor", str(descriptor))
        return self._program("web", command, grace=SERVER_GRACE, inherits=(descriptor,))

    def worker(self) -> Program:
        """Celery's worker for both queues."""
        options = (
            "--queues",
            "tools,housekeeping",
            "--concurrency",
            str(WORKERS),
            "--without-gossip",
            "--without-mingle",
        )
        return self._celery("worker", *options, "--hostname", "worker@localhost")

    def beat(self) -> Program:
        """Celery's clock."""
        schedule = self.directory / "beat-schedule"
        return self._celery("beat", "--schedule", str(schedule), "--pidfile", "")

    def _celery(self, kind: str, *options: str) -> Program:
        return self._program(kind, (sys.executable, "-m", "celery", "--quiet", "-A", "control_plane", kind, *options))

    def _program(
        self,
        name: str,
        command: tuple[str, ...],
        grace: float = 10.0,
        inherits: tuple[int, ...] = (),
        orphaned: signal.Signals = signal.SIGKILL,
    ) -> Program:
        kind = {"ATRIUM_PROCESS": name} if name != "store" else {}
        return Program(
            name=name,
            command=command,
            environment={**self.environment, **kind},
            log=self.directory / "logs" / f"{name}.log",
            grace=grace,
            inherits=inherits,
            orphaned=orphaned,
        )
