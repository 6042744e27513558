"""What the supervisor says on the terminal. It may go on after the terminal is gone."""

import contextlib
import sys


def say(sentence: str) -> None:
    """Say one thing on standard output, at once."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()


def complain(sentence: str) -> None:
    """Say on standard error why nothing runs."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()
