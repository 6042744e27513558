"""What a run leaves behind, from four sides that know nothing of each other: the clients, the other side of the tools,
the database, and whoever looked at it meanwhile. Times are Unix time in seconds, of one machine's one clock."""

from dataclasses import dataclass, field
from typing import Final

TERMINAL: Final = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A client was told that its order is this job. `order` is the idempotency key that it sent, whenever it asked."""

    order: str
    job_id: str
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A client was told how a job ended. `state` is the tasks extension's word, `text` what the tool (or we) said."""

    job_id: str
    state: str
    text: str
    at: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Something the other side did. `key` is what the tool sent as its idempotency key, `name` which of its effects."""

    key: str
    name: str
    attempt: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A job as its row says at the end."""

    id: str
    order: str
    tool: str
    state: str
    ending: str
    attempt: int = 1
    created_at: float = 0.0
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call as the audit has it at the end."""

    job_id: str
    phase: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A job as it was seen in between; only changes are kept, in the order in which they were seen."""

    job_id: str
    state: str
    progress: float | None


@dataclass(frozen=True, slots=True)
class ToolPromise:
    """What is true of a tool: may it reach the other side more than once for one job, and which effects one complete
    run has."""

    may_repeat: bool
    effects: frozenset[str]


@dataclass(slots=True)
class Evidence:
    """Everything the checker looks at. `progress_heard` are the values that one client heard in one stream for its
    order, `unexpected` the answers that no trouble of the installation explains."""

    tools: dict[str, ToolPromise]
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    progress_heard: list[tuple[str, list[float]]] = field(default_factory=list)
    unexpected: list[tuple[str, str]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    jobs: list[JobRow] = field(default_factory=list)
    calls: list[CallRow] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
