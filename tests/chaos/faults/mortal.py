"""Not a fault, but a death at the worst moment: a runtime that is killed as soon as it has committed a job, and before
anybody has been told. `python -m tests.chaos.faults.mortal PORT`

Each death is that of a process of its own, forked from one in which everything is loaded already; every other one dies
before the bell is rung, the rest after it. Only the start is not a product's own: serving, committing and ringing are.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

import django

from control_plane import environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
environment.announce_process("runtime")
django.setup()

from control_plane import composition, serve  # noqa: E402, F401 - loaded once, for all that are forked
from control_plane.supervisor.listening import listen  # noqa: E402
from mcp_runtime.lifeline import end_with_parent  # noqa: E402
from tenants.runtime_ports import job_record  # noqa: E402
from tenants.services import job_creation  # noqa: E402


def die(*_: Any, **__: Any) -> None:
    """As by kill -9, at once and whatever else goes on."""
    os.kill(os.getpid(), signal.SIGKILL)


def then_die(create: Callable[..., Any]) -> Callable[..., Any]:
    """Do it, and die."""

    def done(**asked: Any) -> None:
        create(**asked)
        die()

    return done


def main(port: int) -> int:
    """Serve, die, and serve again; ends where something else goes wrong."""
    listener = listen(port, advice="choose another one")
    for number in count():
        child = os.fork()
        if child == 0:
            end_with_parent()
            if number % 2:
                job_record.job_create = then_die(job_record.job_create)
            else:
                job_creation.bell_ring = die
            serve.serve("runtime", listener)
            return 0
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
