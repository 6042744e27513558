"""What the kernel holds a runner to, whatever its tools do. The order of killing is Linux's."""

import contextlib
import resource
import sys
from pathlib import Path
from typing import Final

_FIRST_TO_GO: Final = "1000"


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
