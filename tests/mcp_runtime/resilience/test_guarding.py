"""What is put around which tool: nothing around one that stays in the house, and no sharing around a job."""

from typing import Any

from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.tools import ToolAnnotations, ToolSpec
from mcp_runtime.resilience.guarded_run import GuardedRun
from mcp_runtime.resilience.guarding import Resilience
from mcp_runtime.resilience.shared_run import SharedRun
from tests.mcp_runtime.resilience.api import http_tool

READS = ToolAnnotations(read_only_hint=True)


class Run:
    """Never called here."""

    wants_context = True
    asked = ()

    async def __call__(self, arguments: dict[str, Any], context: Any) -> Any:
        raise AssertionError


async def no_secret(tenant_id: str, name: str) -> SecretValue | None:
    return None


def guarded(spec: ToolSpec) -> Any:
    return Resilience(None, (), no_secret).guarded(spec, Run())


def builtin(**changes: Any) -> ToolSpec:
    return ToolSpec(id="1", name="x", input_schema={}, annotations=READS, **changes)


def test_a_tool_of_a_toolkit_runs_as_before_unless_its_answers_are_kept() -> None:
    assert type(guarded(builtin())) is Run
    assert type(guarded(builtin(cache_seconds=60.0))) is SharedRun


def test_what_leaves_the_house_is_guarded_and_shared_where_it_only_reads() -> None:
    writes = guarded(http_tool("acme", annotations=ToolAnnotations(), cache_seconds=60.0))
    assert type(writes) is GuardedRun
    reads = guarded(http_tool("acme"))
    assert (type(reads), type(reads.run), reads.keeps) == (SharedRun, GuardedRun, False)


def test_a_job_is_guarded_and_shared_with_nobody() -> None:
    spec = http_tool("acme", cache_seconds=60.0)
    assert type(Resilience(None, (), no_secret).protected(spec, Run())) is GuardedRun
