"""Real runners, with the toolkit of these tests installed where they look for it."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import msgspec

from mcp_runtime.contract.input import InputRequest
from mcp_runtime.contract.job_running import JobOutcome, JobRunner, JobStanding, JobWork
from mcp_runtime.contract.jobs import JobEvent
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.jobs.attempt import Pace
from mcp_runtime.jobs.runner_process import RunnerOptions
from tests.mcp_runtime.jobs.job_toolkit import toolkit
from tests.repository import ROOT

LEASE_SECONDS = 30.0
AT_ONCE = Pace(cancelling=0.2, withdrawing=0.2)


def toolkit_installed(folder: Path, module: str = "tests.mcp_runtime.jobs.job_toolkit", name: str = "jobs") -> str:
    """Install a toolkit as packages do, by an entry point; the PYTHONPATH of processes that are to find it."""
    package = folder / f"{name}_toolkit-1.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-toolkit\nVersion: 1\n")
    (package / "entry_points.txt").write_text(f"[atrium.toolkits]\n{name} = {module}:toolkit\n")
    return os.pathsep.join([str(ROOT), str(folder)])


def options(folder: Path, **values: Any) -> RunnerOptions:
    """Of a runner that finds the toolkit."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": toolkit_installed(folder)}
    return RunnerOptions(**{"environment": environment, "memory_mb": 1024, **values})


def work(tool: str, arguments: dict[str, Any] | None = None, **values: Any) -> JobWork:
    """An attempt at a call of one of the tools."""
    definition = toolkit.bound(tool).definition
    spec = ToolSpec(
        id=str(uuid4()),
        name=tool,
        input_schema=definition.input_schema,
        output_schema=definition.output_schema,
        config={"toolkit": "jobs", "tool": tool},
        mode="background",
    )
    given = {
        "job_id": str(uuid4()),
        "spec": spec,
        "arguments": arguments or {},
        "tenant": "acme",
        "principal": "ada|client",
        "call_id": "call-1",
        "idempotency_key": "key-1",
        "attempt": 1,
        "timeout_seconds": 60.0,
    }
    return JobWork(**{**given, **values})


class Row:
    """A row that this test keeps in memory. `on_event` is called with each event that is published, `on_ask` when the
    tool's questions have changed; `known` are answers of earlier attempts, `answers` those that come now."""

    def __init__(self, on_event: Callable[[JobEvent], None] | None = None) -> None:
        self.on_event = on_event
        self.published: list[JobEvent] = []
        self.written: list[JobEvent] = []
        self.held = self.is_reachable = True
        self.cancel = ""
        self.is_withdrawn = False
        self.on_ask: Callable[[], None] = lambda: None
        self.asked: dict[str, InputRequest] = {}
        self.dropped: list[str] = []
        self.known: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, dict[str, Any]] = {}

    def begun(self) -> None:
        """It has no bell to hand on."""

    def renew(self, said: Sequence[JobEvent]) -> JobStanding:
        if not self.is_reachable:
            raise RecordUnavailable("the database is away")
        self.written += said
        until = monotonic() + LEASE_SECONDS
        return JobStanding(until if self.held else None, self.cancel, self.is_withdrawn, dict(self.answers))

    def ask(self, asked: Mapping[str, InputRequest], dropped: Collection[str] = ()) -> dict[str, dict[str, Any]]:
        if not self.is_reachable:
            self.is_reachable = True
            raise RecordUnavailable("the database is away")
        self.asked.update(asked)
        self.dropped += dropped
        self.on_ask()
        return {key: answer for key, answer in self.known.items() if key in asked}

    def publish(self, event: JobEvent) -> None:
        self.published.append(event)
        if self.on_event is not None:
            self.on_event(event)


def run(runner: JobRunner, job: JobWork, row: Row | None = None, lease: float = LEASE_SECONDS) -> JobOutcome | None:
    """Run to the end."""
    return runner.run(job, row or Row(), held_until=monotonic() + lease)


def structured(outcome: JobOutcome | None) -> Any:
    """The structured content of an answer."""
    assert outcome is not None
    assert outcome.result is not None, outcome
    value = msgspec.to_builtins(outcome.result.structured)
    return value["result"] if set(value) == {"result"} else value
