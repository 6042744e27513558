"""What the kernel holds a runner to, whatever its tools do. The lifeline and the order of killing are Linux's."""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_FIRST_TO_GO: Final = "1000"


def end_with(parent: int) -> None:
    """From now on this process is killed as soon as the thread that started it is gone; at once if it is already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def limit_memory(megabytes: int) -> None:
    """Allow so much memory of its own (RLIMIT_DATA): beyond it, allocating raises MemoryError. When the machine itself
    runs out of memory, this process goes first. It leaves no image of its memory behind."""
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_FIRST_TO_GO, encoding="ascii")


def memory_used() -> int:
    """The most memory in bytes that this process has had at once."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
