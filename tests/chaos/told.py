"""What an answer says about a job, read as a client reads it."""

from dataclasses import dataclass
from typing import Any, Final

from tests.chaos.clients import Unexpected

JOB_META: Final = "io.atrium/job"


@dataclass(frozen=True, slots=True)
class Told:
    """Which job, whether it has ended, in which state (of the tasks extension), and what was said."""

    job_id: str
    has_ended: bool
    state: str
    text: str


def told_by(answer: dict[str, Any]) -> Told:
    """Read one JSON-RPC answer. Raises Lost where it says that the installation is in trouble."""
    raise Unexpected(str(answer))
