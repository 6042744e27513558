"""One run of wrk against one server, and what it cost the server."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks import processes
from benchmarks.calls import calls
from benchmarks.rehearsal import Rehearsed
from benchmarks.targets import LOAD_CORE, ROOT, SERVER_CORE, Target

DRAIN_SECONDS: Final = 1
_SCRIPT: Final = Path(__file__).with_name("load.lua")


class LoadFailed(Exception):  # noqa: N818 - reads as what happened
    """wrk is not there or did not finish; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement. `elapsed` is in seconds from the first call to the last answer, latencies in microseconds of
    wall time, `cpu` in seconds of the server process, `elsewhere` the share of the server's core that others used.
    `wrong`, `refused` (another status than 200), `socket_errors` and what is left unanswered must be 0."""

    sent: int
    answered: int
    wrong: int
    refused: int
    socket_errors: int
    elapsed: float
    p50: float
    p99: float
    cpu: float
    elsewhere: float

    @property
    def per_second(self) -> float:
        return self.answered / self.elapsed if self.elapsed else 0.0

    @property
    def cpu_microseconds(self) -> float:
        """CPU of the server per call."""
        return self.cpu / self.answered * 1e6 if self.answered else 0.0

    @property
    def failures(self) -> int:
        """How many calls did not get their answer."""
        return self.wrong + self.refused + (self.sent - self.answered) + self.socket_errors


def bring_wrk() -> None:
    """Install wrk where that is possible. Raises LoadFailed with one sentence where it is not, or has no two cores."""
    if not Path("/proc/self/task").exists() or not {SERVER_CORE, LOAD_CORE} <= os.sched_getaffinity(0):
        raise LoadFailed("This needs Linux and two cores: one for the server, one for the load.")
    if shutil.which("wrk"):
        return
    setup = subprocess.run([ROOT / "tests/setup/wrk.sh"], check=False, stderr=subprocess.PIPE, text=True)
    if setup.returncode:
        raise LoadFailed(setup.stderr.strip())


def run(target: Target, rehearsed: Rehearsed, connections: int, seconds: int, *, threads: int = 1) -> Run:
    """Load a server with keep-alive connections. With a thread per connection, each answer is compared with the very
    call that its connection sent; otherwise with all 64. Raises LoadFailed."""
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", f"-t{threads}", f"-c{connections}"]
    command += [
        f"-d{seconds + DRAIN_SECONDS}s",
        "-s",
        str(_SCRIPT),
        target.url,
        "--",
        str(rehearsed.script),
        str(seconds),
    ]
    command += ["ordered"] if threads == connections else []
    before, core_before = processes.cpu_seconds(target.process), processes.core_seconds(SERVER_CORE)
    wrk = subprocess.run(command, check=False, capture_output=True, text=True, timeout=seconds + 30)
    cpu = processes.cpu_seconds(target.process) - before
    elsewhere = max(0.0, processes.core_seconds(SERVER_CORE) - core_before - cpu) / (seconds + DRAIN_SECONDS)
    results = [line for line in wrk.stdout.splitlines() if line.startswith("RESULT ")]
    if not results:
        raise LoadFailed(f"wrk ended with status {wrk.returncode}: {wrk.stderr.strip()}")
    if wrk.stderr:
        print(f"{target.name}: {wrk.stderr.strip()[:500]}")
    result = json.loads(results[0].removeprefix("RESULT "))
    result["wrong"] += wrong_among(wrk.stdout, rehearsed)
    return Run(cpu=cpu, elsewhere=elsewhere, **result)


def wrong_among(output: str, rehearsed: Rehearsed) -> int:
    """How many of the answers that came in bytes not seen before are wrong. `UNKNOWN <times> <call> <hexadecimal>`: the
    number of the call that it must answer, from 1; 0 where it may be any."""
    wrong = 0
    for line in output.splitlines():
        if line.startswith("UNKNOWN "):
            times, number, encoded = line.split(" ")[1:]
            body = bytes.fromhex(encoded)
            asked = [calls()[int(number) - 1]] if number != "0" else calls()
            if not any(rehearsed.is_right(call, 200, body) for call in asked):
                wrong += int(times)
                print(f"wrong, {times} times: {body[:300]!r}")
    return wrong
