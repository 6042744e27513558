"""No orphans: the kernel ends a process when the one that started it dies, even by SIGKILL.

Linux only (`PR_SET_PDEATHSIG`, prctl(2)); elsewhere children outlive a supervisor that was killed without warning.
"""

import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
# Loaded when imported: between fork and exec there is no time for finding libraries.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def end_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Have this process receive the signal as soon as its parent is gone."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def end_with(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """`end_with_parent`, for the moment between fork and exec: the parent may be gone already."""
    end_with_parent(number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)
