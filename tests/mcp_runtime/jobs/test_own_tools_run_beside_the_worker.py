"""Jobs of tools that are code of ours: on an event loop of the worker's own process, ended as surely as a process."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from threading import Event, current_thread
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from mcp_runtime.calls.results import TextContent, ToolResult
from mcp_runtime.contract.job_running import JobOutcome, JobWork
from mcp_runtime.contract.jobs import JobEnding, JobEvent
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.jobs.attempt import Pace
from mcp_runtime.jobs.loop_runner import LoopRunner, RunnerByKind
from mcp_runtime.toolkits.context import Context
from tests.mcp_runtime.jobs.running import AT_ONCE, Row, run, work

Body = Callable[[dict[str, Any], Context], Coroutine[Any, Any, ToolResult]]


@dataclass
class Tool:
    """One that does what a test says."""

    body: Body
    wants_context: bool = True
    asked: tuple[()] = ()

    def __call__(self, arguments: dict[str, Any], context: Context) -> Coroutine[Any, Any, ToolResult]:
        return self.body(arguments, context)


def answer(value: object) -> ToolResult:
    return ToolResult([TextContent(str(value))], structured={"value": value})


def job(**values: Any) -> JobWork:
    spec = ToolSpec(id=str(uuid4()), name="own", kind="own", input_schema={"type": "object"}, mode="background")
    return replace(work("which_process"), spec=spec, **values)


class Own:
    """A runner whose one kind does what is set."""

    def __init__(self, pace: Pace = AT_ONCE) -> None:
        self.body: Body = _nothing
        self.stopped = Event()
        self.runner = LoopRunner(lambda: {"own": lambda _: Tool(self.body)}, pace)

    def run(self, body: Body, row: Row | None = None, lease: float = 30.0, **values: Any) -> JobOutcome | None:
        self.body = body
        return self.runner.run(job(**values), row or Row(), held_until=monotonic() + lease)

    async def wait(self, _: dict[str, Any], context: Context) -> ToolResult:
        """Until it is cancelled."""
        context.progress(1, None, "begun")
        try:
            await asyncio.Event().wait()
        finally:
            self.stopped.set()
        raise AssertionError


async def _nothing(_: dict[str, Any], __: Context) -> ToolResult:
    return answer(None)


@pytest.fixture
def own() -> Iterator[Own]:
    made = Own()
    yield made
    made.runner.close()


def test_it_gets_its_arguments_and_the_key_of_its_effect_and_is_heard(own: Own) -> None:
    async def body(arguments: dict[str, Any], context: Context) -> ToolResult:
        context.progress(1, 2, "half")
        return answer([arguments["x"], context.idempotency_key, context.attempt, current_thread().name])

    outcome = own.run(body, arguments={"x": 7}, attempt=2)
    assert outcome is not None
    assert outcome.ending is JobEnding.RETURNED
    assert outcome.result is not None
    assert outcome.result.structured == {"value": [7, "key-1", 2, "job-loop"]}
    assert outcome.progress is not None
    assert outcome.progress.message == "half"


def test_one_job_after_the_other_runs_on_the_same_loop(own: Own) -> None:
    loops = set()

    async def body(_: dict[str, Any], __: Context) -> ToolResult:
        loops.add(id(asyncio.get_running_loop()))
        return answer(1)

    assert all(own.run(body) is not None for _ in range(3))
    assert len(loops) == 1


def test_cancelling_stops_it_where_it_waits(own: Own) -> None:
    row = Row()
    made = job()

    def hear(_: JobEvent) -> None:
        row.cancel = "client"
        own.runner.look(made.job_id)

    row.on_event, own.body = hear, own.wait
    outcome = own.runner.run(made, row, held_until=monotonic() + 30)
    assert outcome is not None
    assert (outcome.ending, outcome.result) == (JobEnding.STOPPED, None)
    assert own.stopped.is_set()


def test_its_time_limit_stops_it(own: Own) -> None:
    outcome = own.run(own.wait, timeout_seconds=0.2)
    assert outcome is not None
    assert outcome.ending is JobEnding.TIMEOUT
    assert own.stopped.is_set()


def test_a_job_that_was_lost_is_ended_and_nothing_is_written() -> None:
    own, row = Own(Pace(renewing=0.1)), Row()
    row.held = False
    assert own.run(own.wait, row) is None
    assert own.stopped.is_set()
    own.runner.close()


def test_a_job_that_can_not_be_held_is_ended_before_its_lease_is() -> None:
    own, row = Own(Pace(renewing=0.05, renewing_again=0.05, margin=0.2)), Row()
    row.is_reachable = False
    assert own.run(own.wait, row, lease=0.5) is None
    assert own.stopped.is_set()
    own.runner.close()


def test_a_crash_says_nothing_of_what_happened_and_the_next_job_runs(own: Own) -> None:
    async def body(_: dict[str, Any], __: Context) -> ToolResult:
        raise RuntimeError("the password is hunter2")

    outcome = own.run(body)
    assert outcome is not None
    assert outcome.result is not None
    assert outcome.result.is_error
    assert "hunter2" not in str(outcome.result)
    assert own.run(_nothing) is not None


def test_a_kind_that_this_worker_does_not_know_is_a_crash(own: Own) -> None:
    made = job()
    outcome = own.runner.run(replace(made, spec=replace(made.spec, kind="other")), Row(), held_until=monotonic() + 30)
    assert outcome is not None
    assert outcome.ending is JobEnding.CRASHED
    assert outcome.result is not None
    assert outcome.result.is_error


def test_tools_of_toolkits_never_run_on_the_loop(own: Own) -> None:
    seen: list[str] = []

    class Other:
        def __init__(self, name: str) -> None:
            self.name = name

        def warm(self) -> None:
            seen.append(f"{self.name} is warm")

        def run(self, work: JobWork, *_: Any, **__: Any) -> None:
            seen.append(f"{self.name} runs {work.spec.kind}")

        def look(self, job_id: str) -> None:
            seen.append(f"{self.name} looks")

        def close(self) -> None:
            seen.append(f"{self.name} is closed")

    both = RunnerByKind(toolkits=Other("process"), others=Other("loop"))
    both.warm()
    run(both, work("which_process"))
    run(both, job())
    both.look("x")
    both.close()
    assert seen[:4] == ["process is warm", "loop is warm", "process runs builtin", "loop runs own"]
    assert seen[4:] == ["process looks", "loop looks", "process is closed", "loop is closed"]
