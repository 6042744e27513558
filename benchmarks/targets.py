"""Starts the servers to be measured, each as a process group of its own, and stops them."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import urlsplit

import msgspec

from benchmarks import processes
from benchmarks.calls import USUAL, Dialect

ROOT: Final = Path(__file__).resolve().parent.parent
SERVER_CORE: Final = 0
LOAD_CORE: Final = 1
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 10.0


class TargetFailed(Exception):  # noqa: N818 - reads as what happened
    """A server did not come up; the message says which one and how it ended."""


@dataclass(frozen=True, slots=True)
class Target:
    """A running server: `process` is the one that listens; `api_key` is None where the server asks for none."""

    name: str
    url: str
    api_key: str | None
    process: int
    dialect: Dialect = USUAL


class Announcement(msgspec.Struct, frozen=True):
    """The first line that `manage.py bench_target` prints."""

    url: str
    api_key: str


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait for a process that says at /readyz when it is. Raises TargetFailed where it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise TargetFailed(f"What was started on port {port} did not come up.")


@contextmanager
def atrium(log: Path) -> Iterator[Target]:
    """Atrium's runtime, every feature on. Raises TargetFailed."""
    port = free_port()
    with started("Atrium", ["manage.py", "bench_target", "--port", str(port)], log) as child:
        line = _first_line(child, log)
        try:
            announced = msgspec.json.decode(line, type=Announcement)
        except msgspec.DecodeError as error:
            raise TargetFailed(f"Atrium announced itself with {line!r}: {error}.") from error
        yield Target("Atrium", announced.url, announced.api_key, serving("Atrium", child, port, log))


@contextmanager
def comparison(
    name: str, module: str, arguments: list[str], path: str, log: Path, *, core: int = SERVER_CORE
) -> Iterator[Target]:
    """One of benchmarks/servers, without authentication. Raises TargetFailed."""
    port = free_port()
    with started(name, ["-m", f"benchmarks.servers.{module}", str(port), *arguments], log) as child:
        yield Target(name, f"http://127.0.0.1:{port}{path}", None, serving(name, child, port, log, core))


@contextmanager
def beside(ours: Target, name: str, program: tuple[str, ...], log: Path) -> Iterator[Target]:
    """One more runtime on the stores of the first, a program that takes its port as the last argument. Raises
    TargetFailed."""
    port, environment = free_port(), processes.environment_of(ours.process)
    with started(name, [*program, str(port)], log, environment) as child:
        process = serving(name, child, port, log)
        wait_until_ready(port, child)
        yield Target(name, f"http://127.0.0.1:{port}{urlsplit(ours.url).path}", ours.api_key, process)


@contextmanager
def started(
    name: str,
    arguments: list[str],
    log: Path,
    environment: dict[str, str] | None = None,
    python: str = sys.executable,
) -> Iterator[subprocess.Popen[bytes]]:
    """A program of this repository, or another Python's, as a group of processes that ends with the block."""

    def on_load_core() -> None:
        os.sched_setaffinity(0, {LOAD_CORE})

    with log.open("wb") as errors:
        child = subprocess.Popen(
            [python, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
            preexec_fn=on_load_core,
        )
    try:
        yield child
    finally:
        _stop(child)


def serving(name: str, child: subprocess.Popen[bytes], port: int, log: Path, core: int = SERVER_CORE) -> int:
    """Wait for the listener and give it its core; what else was started, a store say, stays on the other one. Raises
    TargetFailed."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        process = processes.listener(port)
        if process is not None:
            processes.pin(process, core)
            return process
        time.sleep(0.05)
    raise TargetFailed(_obituary(name, child, log))


def _first_line(child: subprocess.Popen[bytes], log: Path) -> bytes:
    output: IO[bytes] | None = child.stdout
    line = output.readline() if output else b""
    if not line:
        child.wait(START_SECONDS)
        raise TargetFailed(_obituary("Atrium", child, log))
    return line


def _obituary(name: str, child: subprocess.Popen[bytes], log: Path) -> str:
    state = f"ended with status {child.returncode}" if child.returncode is not None else "does not listen"
    tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-15:]
    return "\n".join([f"{name} {state}.", *tail])


def _stop(child: subprocess.Popen[bytes]) -> None:
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, signal_number)
            child.wait(STOP_SECONDS)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
