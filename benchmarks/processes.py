"""What the kernel says about a process: who listens, CPU time, memory; and on which core it may run."""

import os
import time
from pathlib import Path
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_SCHEDULED: Final = 2
_LISTENING: Final = "0A"


def listener(port: int) -> int | None:
    """The process that listens on this port of 127.0.0.1 or of every address; None while nobody does."""
    sockets = set()
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENING and int(fields[1].rsplit(":", 1)[1], 16) == port:
            sockets.add(f"socket:[{fields[9]}]")
    return next((process for process in _processes() if sockets & _open_files(process)), None)


def pin(process: int, core: int) -> None:
    """Keep every thread of a process, and those they start from now on, on one core."""
    for thread in os.listdir(f"/proc/{process}/task"):
        os.sched_setaffinity(int(thread), {core})


def environment_of(process: int) -> dict[str, str]:
    """What the process was started with."""
    pairs = Path(f"/proc/{process}/environ").read_text(encoding="utf-8").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def cpu_seconds(process: int) -> float:
    """User and system time that the process, all threads together, has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND


def cpu_milliseconds(process: int) -> float:
    """The same, exactly, by the clock that the kernel keeps for each process (clock_getcpuclockid(3))."""
    return time.clock_gettime((~process << 3) | _SCHEDULED) * 1000


def core_seconds(core: int) -> float:
    """Time that a core has spent on anything but idling, time stolen by the hypervisor included."""
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            user, nice, system, _idle, _iowait, interrupts, soft_interrupts, stolen = map(int, ticks[:8])
            return (user + nice + system + interrupts + soft_interrupts + stolen) / _TICKS_PER_SECOND
    return 0.0


def resident_megabytes(process: int) -> float:
    """The resident set of the process, in MB of 10^6 bytes."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _open_files(process: int) -> set[str]:
    found = set()
    try:
        for name in os.listdir(f"/proc/{process}/fd"):
            found.add(os.readlink(f"/proc/{process}/fd/{name}"))
    except OSError:  # the process has ended, or is somebody else's
        return found
    return found
