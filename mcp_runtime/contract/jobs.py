"""A job: one call of a tool that runs on a worker. The row in the database is the record of it; these are its shapes on
the way between the runtime, which asks for it and waits, and the domain, which keeps it.

A job belongs to a principal on a server. Nobody else finds it, whatever id they send.
"""

from enum import StrEnum
from typing import Any, Final

import msgspec
from msgspec import Struct

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.trace_context import TraceContext


class JobState(StrEnum):
    """Where a job is. The last three are final: a job never leaves them."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    """The tool answered; also where its answer is an error of its own, or that its time was up."""
    FAILED = "failed"
    """There is no answer of the tool: `error` says why."""
    CANCELLED = "cancelled"


TERMINAL: Final = frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED})


class JobEnding(StrEnum):
    """How a job came to its end."""

    RETURNED = "returned"
    """The tool returned; its result may be an error of its own."""
    TIMEOUT = "timeout"
    """The time limit passed."""
    CRASHED = "crashed"
    """The tool raised something of its own, or its process died."""
    NEVER_STARTED = "never_started"
    """Cancelled while it was queued."""
    STOPPED = "stopped"
    """Cancelled: the tool noticed, and ended by itself."""
    KILLED = "killed"
    """Cancelled: the tool did not end within its time, so its process was ended."""
    WITHDRAWN = "withdrawn"
    """The permission was gone when it was to start, or while it ran."""
    OUTCOME_UNKNOWN = "outcome_unknown"
    """Its worker was lost, and the tool may not run twice: nobody knows whether it had its effect."""


class JobOwner(Struct, frozen=True):
    """Whose job, and where. `principal` is `CredentialRecord.principal`."""

    tenant_id: str
    server_id: str
    principal: str


class GivenAnswer(Struct, frozen=True):
    """A question that was answered before there was a job, and the answer."""

    request: InputRequest
    answer: dict[str, Any]


class NewJob(Struct, frozen=True, kw_only=True):
    """A job to be kept. `id` is a UUID made by whoever asks, who listens for its events before it exists.

    `call` is the audit event of the call in phase `intent`: committed with the job, completed with its end. Its `id` is
    the job's as well. `idempotency_key` is the client's own, or empty: one principal's second job with the same key on
    the same server and tool is the first one. `is_idempotent` says whether the tool may run again by itself.
    `timeout_seconds` is how long one attempt may run. `scopes` are those of the credential it was asked for with.
    `capabilities` are what its client declared, as far as the tool's questions rest on it (`contract.job_inputs`).
    `given` are questions that are answered already, by their keys. `trace` is what the request is a part of.
    """

    id: str
    owner: JobOwner
    tool_id: str
    tool: str
    arguments: dict[str, Any]
    sensitive: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    idempotency_key: str = ""
    is_idempotent: bool = False
    timeout_seconds: float
    capabilities: dict[str, Any] = {}
    given: dict[str, GivenAnswer] = {}
    trace: TraceContext | None = None
    call: AuditEvent


class JobError(Struct, frozen=True):
    """Why there is no answer. `type` is for programs (`outcome_unknown`, `withdrawn`), `message` says what to do."""

    type: str
    message: str


class JobView(Struct, frozen=True, kw_only=True):
    """A job as its owner may see it. Times are Unix time in seconds.

    `result` is an encoded `ToolResult` (`mcp_runtime.calls.results`), for completed jobs. Where it was too large to be
    answered it is None and `stored_bytes` is its size: it is read by `JobRecord.stored_result`.

    `inputs` are the questions that wait for an answer, by their keys.
    """

    id: str
    tool: str
    state: JobState
    attempt: int
    created_at: float
    updated_at: float
    expires_at: float | None = None
    started_at: float | None = None
    ended_at: float | None = None
    ending: JobEnding | None = None
    progress: float | None = None
    total: float | None = None
    message: str | None = None
    result: bytes | None = None
    stored_bytes: int = 0
    error: JobError | None = None
    inputs: dict[str, InputRequest] = {}

    @property
    def has_ended(self) -> bool:
        """True in a final state."""
        return self.state in TERMINAL


ANNOUNCED: Final = "announced"
ASKED: Final = "asked"


class JobEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said about a running job, on its channel (`keys.job_channel`). Nothing rests on it being heard.

    `kind` is progress, log, announced, asked, or ended. An event that says `ended` is sent after the commit; it carries
    the job where that is small, and else the listener reads it. What is `announced` is for everybody who listens to the
    server, not for the job's listeners: `message` is a notification's method, `data` its topic
    (`contract.announcements`). What is `asked` is otherwise than it was: a question is there, or answered; the record
    has which.
    """

    kind: str
    progress: float = 0.0
    total: float | None = None
    message: str | None = None
    level: str = ""
    data: Any = None
    logger: str | None = None
    job: JobView | None = None


class JobsFull(Exception):  # noqa: N818 - reads as the state it reports
    """The tenant has as many queued jobs as its plan allows; `limit` is that number."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} jobs are queued")
        self.limit = limit


_encoder = msgspec.msgpack.Encoder()
_event_decoder = msgspec.msgpack.Decoder(tuple[str, JobEvent])


def encode_event(job_id: str, event: JobEvent) -> bytes:
    """An event of a job as it is published."""
    return _encoder.encode((job_id, event))


def decode_event(body: bytes) -> tuple[str, JobEvent]:
    """The job's id, and its event. What `encode_event` made; raises `msgspec.DecodeError` on anything else."""
    return _event_decoder.decode(body)
