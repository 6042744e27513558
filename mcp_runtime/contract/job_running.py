"""How the domain has an attempt at a job run, and what it does for it meanwhile.

The runner (`mcp_runtime.jobs`) knows processes and time, and no database. The domain (`tenants.jobs`) knows the row.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from msgspec import Struct

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.jobs import JobEnding, JobError, JobEvent
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.contract.trace_context import TraceContext

if TYPE_CHECKING:
    from mcp_runtime.calls.results import ToolResult


LONGEST_JOB_SECONDS: Final = 3600.0
"""An attempt has no more time than this, whatever its tool asks for."""


LONGEST_WAIT_SECONDS: Final = 3600.0
"""Nor does it wait longer than this, in all, for what its tool asks."""


class JobWork(Struct, frozen=True, kw_only=True):
    """One attempt, as whoever runs it needs it. Arguments are validated already.

    `highest_progress` is what earlier attempts have said: only more than that is progress. `capabilities` are what the
    client declared: what it can be asked.
    """

    job_id: str
    spec: ToolSpec
    arguments: dict[str, Any]
    tenant: str
    principal: str
    call_id: str
    idempotency_key: str
    attempt: int
    timeout_seconds: float
    highest_progress: float | None = None
    capabilities: dict[str, Any] = {}
    trace: TraceContext | None = None


class JobStanding(Struct, frozen=True):
    """What a renewal has found. `held_until` is the process's monotonic time at which the lease ends, None where the
    job is somebody else's by now, or has ended. `cancel` is why it is to stop, or empty; `is_withdrawn` says that the
    permission is gone. `answers` are those to what this attempt has asked, by key."""

    held_until: float | None
    cancel: str = ""
    is_withdrawn: bool = False
    answers: dict[str, dict[str, Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """How an attempt came to its end. `result` is there where there is an answer; where the
    tool had it that the call itself fails, `error` says why. `progress` is the last that the tool
    said of how far it is, where no renewal has written it down."""

    ending: JobEnding
    result: "ToolResult | None" = None
    error: JobError | None = None
    progress: JobEvent | None = None


class JobWatch(Protocol):
    """What the domain does for one attempt while it runs."""

    def begun(self) -> None:
        """The tool has been told to begin: there is a moment for what nobody waits for."""

    def renew(self, said: Sequence[JobEvent]) -> JobStanding:
        """Hold the job for longer, write down what the tool has said since, and see what became of the job. Raises
        RecordUnavailable where the database can't be asked: then what was said is handed over once more."""

    def ask(self, asked: Mapping[str, InputRequest], dropped: Collection[str] = ()) -> Mapping[str, dict[str, Any]]:
        """Put questions to the client, by their keys; `dropped` are asked no more. What is answered already, for an
        earlier attempt has asked it, is returned; other answers come with a renewal. Raises RecordUnavailable."""

    def publish(self, event: JobEvent) -> None:
        """Tell whoever listens at once. Nothing rests on it being heard."""


class JobRunner(Protocol):
    """Runs one attempt at a time."""

    def warm(self) -> None:
        """Be ready before the first job comes."""

    def run(self, work: JobWork, watch: JobWatch, *, held_until: float) -> JobOutcome | None:
        """Run it to its end. None: the job was lost to somebody else meanwhile, or could not be held; whatever ran is
        ended, and nothing may be written. `held_until` is as in `JobStanding`."""

    def look(self, job_id: str) -> None:
        """If this job is running, renew it at once, for its row has changed. From any thread."""

    def close(self) -> None:
        """End the process that is kept ready."""
