"""What is asked of an operation of the management API, and what its owner gets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.security.world import CANARY, World


def canary(_: World) -> str:
    """The mark in every text of acme."""
    return CANARY


@dataclass(frozen=True)
class Probe:
    """`shows` is what the owner's answer must contain; None where the answer has no body. `of_max` is the status that
    a caller of the same tenant gets at the dashboard; his key, which can only read, writes nothing."""

    body: Callable[[World], Any] | None = None
    shows: Callable[[World], str] | None = canary
    status: int = 200
    of_max: int = 403
