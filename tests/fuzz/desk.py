"""The server that is asked: tools that answer at once, in every way that tools answer, and jobs that have ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import time
from typing import Any, Final, Literal
from unittest.mock import patch

import msgspec

from mcp_runtime.calls.results import TextContent, ToolResult, encode_tool_result
from mcp_runtime.contract.jobs import JobEnding, JobError, JobOwner, JobState, JobView, NewJob
from mcp_runtime.contract.limits import Rate, TenantLimits
from mcp_runtime.replica import redis_link
from mcp_runtime.toolkits import Context, ProtocolError, ToolError, Toolkit
from mcp_runtime.toolkits.primitive_testing import offered_by
from mcp_runtime.toolkits.registry import ToolkitRegistry
from tests.mcp_runtime.cast import ADA, GUS, OWNERS_MAY_ALL, credential, server, tool_spec
from tests.mcp_runtime.kept_jobs import KeptJobs
from tests.mcp_runtime.library_toolkit import toolkit as library
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import Replica, replica

toolkit = Toolkit("fuzzed", title="Fuzzed")
executed: list[tuple[str, Any]] = []
"""What the tools that keep a record were called with, until somebody clears it."""


class Pair(msgspec.Struct):
    """Something nested."""

    left: str
    right: int | None = None


@toolkit.tool(read_only=True, quick=True)
async def echo(text: str) -> str:
    """Return the text."""
    return text


@toolkit.tool(read_only=True, quick=True)
async def measure(
    number: float, count: int, sure: bool, words: list[str], kind: Literal["a", "b"], pair: Pair | None = None
) -> dict[str, Any]:
    """Take every kind of argument, and return most of them."""
    executed.append(("measure", (number, count, sure, words, kind)))
    return {"number": number, "count": count, "sure": sure, "words": words, "kind": kind, "pair": pair}


@toolkit.tool(quick=True)
async def file(region: str, limit: int, dry: bool = False) -> str:
    """Have an effect; the arguments stand in headers, too."""
    executed.append(("file", (region, limit, dry)))
    return "filed"


@toolkit.tool()
async def report(steps: int, context: Context) -> str:
    """Answer on a stream."""
    for step in range(1, min(steps, 4) + 1):
        context.progress(step, 4, f"step {step}")
        context.log("info", {"step": step})
    return "reported"


@toolkit.tool(quick=True)
async def complain() -> str:
    """Fail in a way that the model can read."""
    raise ToolError("There is no such city.", type="unknown_city")


@toolkit.tool(quick=True)
async def insist() -> str:
    """Have the call itself fail."""
    raise ProtocolError("The desk is closed.", type="closed")


class Guest(msgspec.Struct):
    """Who comes."""

    name: str
    dish: Literal["soup", "cake"] = "soup"


@toolkit.tool()
async def ask(what: Literal["guest", "toast", "roots"], context: Context) -> str:
    """Ask whoever called."""
    if what == "guest":
        return str((await context.elicit("Who comes?", Guest, key="guest")).value)
    if what == "toast":
        return (await context.sample("Write a toast", max_tokens=20, key="toast")).text
    return str(await context.roots(key="roots"))


@toolkit.tool()
async def work(text: str) -> str:
    """Run in the background."""
    return text


@toolkit.tool()
async def toil(text: str) -> str:
    """Run as a task alone."""
    return text


REGISTRY: Final = ToolkitRegistry([toolkit, library])
_MODES: Final[dict[str, dict[str, Any]]] = {
    "work": {"mode": "background"},
    "toil": {"mode": "background", "task_required": True},
}
_LEFT_OUT: Final = ("broken", "leaving", "endless", "heavy", "none", "neither", "mangled", "spoiled")
"""What of the library fails by itself, or takes long."""

_MIRRORED: Final = {"region": "Region", "limit": "Limit", "dry": "Dry"}
GENEROUS: Final = Rate(1_000_000, 1_000_000)
LIMITS: Final = TenantLimits(
    tenant=GENEROUS,
    principal=GENEROUS,
    calls_per_day=1_000_000_000,
    sessions=1_000_000,
    streams_per_principal=10_000,
    calls_in_flight=10_000,
)


def _ended(number: int, state: JobState, ending: JobEnding, **more: Any) -> JobView:
    job_id = f"01980000-0000-7000-8000-{number:012}"
    moments = dict.fromkeys(("created_at", "updated_at", "started_at", "ended_at"), 1_790_000_000.0)
    return JobView(id=job_id, tool="work", state=state, attempt=1, ending=ending, **moments, **more)


_DONE: Final = encode_tool_result(ToolResult([TextContent("done")], {"result": "done"}))
JOBS: Final = {
    view.id: view
    for view in (
        _ended(1, JobState.COMPLETED, JobEnding.RETURNED, result=_DONE),
        _ended(
            2, JobState.FAILED, JobEnding.OUTCOME_UNKNOWN, error=JobError("outcome_unknown", "The worker was lost.")
        ),
        _ended(3, JobState.CANCELLED, JobEnding.STOPPED),
    )
}
"""Everybody's jobs that ended in every way."""


class EndedJobs(KeptJobs):
    """Every job has ended as soon as it was made; the oldest are forgotten."""

    async def create(self, job: NewJob) -> JobView:
        await super().create(job)
        if len(self.asked) > 300:
            oldest = next(iter(self.asked))
            del self.asked[oldest], self.views[oldest]
        self.questions.clear()
        return self.change(job.id, state=JobState.COMPLETED, ending=JobEnding.RETURNED, ended_at=time(), result=_DONE)

    async def read(self, owner: JobOwner, job_id: str) -> JobView | None:
        return JOBS.get(job_id) or await super().read(owner, job_id)


def desk() -> Record:
    """Ada's desk, and what is in it; gus of globex has one as well."""
    record = Record()
    record.jobs = EndedJobs()
    for tenant in ("acme", "globex"):
        record.keep_server(_server(tenant))
    record.keep_key(ADA, credential("acme", "ada", "owner"))
    record.keep_key(GUS, credential("globex", "gus", "owner"))
    return record


@asynccontextmanager
async def serving(redis_url: str) -> AsyncIterator[Replica]:
    """A replica in front of the desk. Other tests share the machine, so the store may take its time."""
    with patch.object(redis_link, "TIMEOUT_SECONDS", 30.0):
        async with replica(desk(), redis_url, registry=REGISTRY, job_poll_interval=0.1) as served:
            yield served
            await served.http.aclose()


def _server(tenant: str) -> Any:
    offered = {
        kind: tuple(each for each in specs if each.name not in _LEFT_OUT) for kind, specs in offered_by(library).items()
    }
    plain = server(tenant, tools=TOOLS, grants=(OWNERS_MAY_ALL,), **offered)
    info = msgspec.structs.replace(plain.tenant, limits=LIMITS)
    return msgspec.structs.replace(plain, tenant=info)


def _tools() -> Any:
    for definition in toolkit_definitions():
        schema = msgspec.json.decode(msgspec.json.encode(definition.input_schema))
        if definition.name == "file":
            for name, header in _MIRRORED.items():
                schema["properties"][name]["x-mcp-header"] = header
        yield tool_spec(definition, input_schema=schema, **_MODES.get(definition.name, {}))


def toolkit_definitions() -> Any:
    """The definitions of the tools above."""
    return [each for each in REGISTRY.definitions() if each.toolkit == toolkit.name]


TOOLS: Final = tuple(_tools())
