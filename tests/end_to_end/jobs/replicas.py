"""More replicas of the runtime on the stores of a running installation, behind nginx, and ended as by a power cut."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.deployment.edge import edge
from tests.fixtures.live import REPLICA_SECONDS, Live
from tests.fixtures.process import Process, answers, free_port


@dataclass(frozen=True, slots=True)
class Pair:
    """Two replicas behind one nginx, by their ports."""

    base_url: str
    replicas: dict[int, Process]

    def kill(self, port: int) -> None:
        """End one at once: it says nothing to anybody."""
        self.replicas[port].process.kill()
        self.replicas[port].process.wait()

    def revive(self) -> None:
        """Start again what has ended."""
        for port, process in self.replicas.items():
            if process.process.poll() is not None:
                process.__enter__()
                wait_until_ready(port, process)


@contextmanager
def pair(live: Live, folder: Path, **settings: str) -> Iterator[Pair]:
    """Start both, with these settings beside the installation's own, and nginx."""
    folder.mkdir(exist_ok=True)
    with ExitStack() as stack:
        replicas = {port: stack.enter_context(replica(live, folder, port, **settings)) for port in _ports()}
        for port, process in replicas.items():
            wait_until_ready(port, process)
        yield Pair(stack.enter_context(front(folder / "edge", list(replicas))), replicas)


def wait_until_ready(port: int, process: Process) -> None:
    """Until it answers. Raises DidNotStart."""
    process.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), REPLICA_SECONDS)


def replica(live: Live, folder: Path, port: int, **settings: str) -> Process:
    """One replica, to be started."""
    environment = {"ATRIUM_DATA_DIR": str(live.data_dir), "PORT": str(port), **settings}
    command = (sys.executable, "-m", "control_plane.serve", "runtime", "--port", str(port), "--with-parent")
    return Process(command, folder / f"{port}.log", environment)


@contextmanager
def front(folder: Path, ports: list[int]) -> Iterator[str]:
    """nginx before replicas on these ports, the first of which is web as well; its base URL."""
    with edge(folder, runtime_ports=ports, web_port=ports[0]) as base_url:
        yield base_url


def _ports() -> tuple[int, int]:
    return free_port(), free_port()
