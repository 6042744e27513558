"""A runner, seen from its supervisor: started in a process group of its own, spoken to over a socket, and killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from mcp_runtime.jobs.frames import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerOptions:
    """How runners are started. `environment` is all that they get, so nothing secret is in it. `memory_mb` is what each
    may have, `development` offers the toolkits for development; after `jobs` a runner is replaced."""

    environment: Mapping[str, str]
    memory_mb: int
    development: bool = False
    jobs: int = 100

    def command(self, descriptor: int) -> list[str]:
        """The command line of a runner on this end of a socket."""
        limits = ["--parent", str(os.getpid()), "--memory-mb", str(self.memory_mb)]
        offer = ["--development"] if self.development else []
        return [sys.executable, "-m", "mcp_runtime.jobs.runner", "--descriptor", str(descriptor), *limits, *offer]


class RunnerProcess:
    """One runner. It dies with the thread that starts it."""

    def __init__(self, options: RunnerOptions) -> None:
        """Start it; it says `Ready` when it is. Raises OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                options.command(theirs.fileno()),
                env=dict(options.environment),
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self.channel = Channel(ours)
        self._reaping = Lock()
        self._how: str | None = None
        self.is_ready = False
        self.jobs = 0

    @property
    def pid(self) -> int:
        """The process's id, which is its group's, too."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it has died by itself."""
        return self._how is not None or os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def kill(self) -> None:
        """End it and whatever it has started, now. From any thread, any number of times."""
        with self._reaping:
            # Only while nobody has waited for it: afterwards the number may be another process's.
            if self._how is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, signal.SIGKILL)

    def close(self) -> str:
        """Kill it and wait for its end; how it ended, in words."""
        if self._how is None:
            self.kill()
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            with self._reaping:
                status = self._process.wait()
                self._how = f"status {status}" if status >= 0 else signal.Signals(-status).name
            self.channel.socket.close()
        return self._how
