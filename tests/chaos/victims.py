"""Finding the processes that a run is about to lose."""

from collections.abc import Callable, Sequence
from typing import Final

from tests.control_plane.processes.installation import command_of, descendants_of, parent_of

RUNNER: Final = "mcp_runtime.jobs.runner"


def pool_children(worker: int) -> list[int]:
    """The pool's processes of a worker."""
    return _below(worker, lambda pid: parent_of(pid) == worker and RUNNER not in command_of(pid))


def runners(worker: int) -> list[int]:
    """The processes that a worker's tools run in."""
    return _below(worker, lambda pid: RUNNER in command_of(pid))


def _below(ancestor: int, fits: Callable[[int], bool]) -> list[int]:
    return sorted(pid for pid in descendants_of(ancestor) if fits(pid))


def every(workers: Sequence[int | None], of: Callable[[int], list[int]]) -> list[int]:
    """What all of these workers have of something; a worker that is just gone has nothing."""
    return [pid for worker in workers if worker is not None for pid in of(worker)]
