"""`make run` under test, as somebody at a terminal sees it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from tests.fixtures.process import Process, answers, free_port
from tests.fixtures.waiting import until
from tests.repository import PYTHON_PATH, ROOT

UP_SECONDS: Final = 180.0
SUPERVISOR: Final = (sys.executable, "-m", "control_plane.supervisor")


class Installation(Process):
    """One supervisor on one data directory."""

    def __init__(self, data_dir: Path, command: tuple[str, ...] = SUPERVISOR, **environment: str) -> None:
        self.port, self.data_dir = free_port(), data_dir
        self.url = f"http://127.0.0.1:{self.port}"
        settings = {"ATRIUM_DATA_DIR": str(data_dir), "PORT": str(self.port), **environment}
        super().__init__(command, data_dir.with_name(f"{data_dir.name}-{self.port}.log"), settings)

    def wait_until_up(self) -> None:
        """Until it has greeted."""
        logs = [self.data_dir / "logs" / f"{name}.log" for name in ("prepare", "web", "worker", "tools", "beat")]
        self.wait_until(lambda: "Ctrl-C stops everything" in self.output(), UP_SECONDS, *logs)

    def document(self, name: str) -> dict[str, Any]:
        """A JSON document of the data directory."""
        return dict(json.loads((self.data_dir / name).read_text()))

    def demo(self) -> dict[str, Any]:
        """What `manage.py seed_demo --json` prints, with nothing to go by but the data directory."""
        status, said, _ = finished((sys.executable, "manage.py", "seed_demo", "--json"), **self.environment)
        assert status == 0
        return dict(json.loads(said))

    def descendants(self) -> set[int]:
        """Every process below the supervisor."""
        return descendants_of(self.process.pid)

    def child(self, words: str) -> int:
        """The process directly below the supervisor whose command line has these words."""
        for pid in self.descendants():
            if words in command_of(pid) and parent_of(pid) == self.process.pid:
                return pid
        raise LookupError(words)

    def end(self, number: signal.Signals, seconds: float = 40.0) -> int:
        """Send a signal and wait; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def is_ready(self) -> bool:
        """Whether `/readyz` says so."""
        return answers(f"{self.url}/readyz")


def refusal(command: tuple[str, ...] = SUPERVISOR, **environment: str) -> tuple[int, str]:
    """Run what must refuse to run; its exit status and what it wrote to standard error."""
    status, _, errors = finished(command, **environment)
    return status, errors


def finished(command: tuple[str, ...], **environment: str) -> tuple[int, str, str]:
    """Run something to its end; its exit status, standard output and standard error."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": PYTHON_PATH, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def descendants_of(ancestor: int) -> set[int]:
    """Every process below a process."""
    parents = {int(entry.name): parent_of(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def command_of(pid: int) -> str:
    """The command line of a process, empty where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def parent_of(pid: int) -> int:
    """The parent of a process, 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def is_gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_gone(pids: set[int], seconds: float = 15.0) -> None:
    """Until all of them have ended; raises TimeoutError."""
    until(lambda: all(is_gone(pid) for pid in pids), seconds)
