"""Asking several tools of one server: with what the caller may call, and nothing that has effects."""

from typing import Any

import pytest
from msgspec.structs import replace

from mcp_runtime.contract.fan_out import ToolBackend
from mcp_runtime.contract.snapshot import GrantSpec
from mcp_runtime.fan_out.executor import FanOutExecutor, FanOutRun
from tests.mcp_runtime.cast import MAX, OWNERS_MAY_ALL, tools
from tests.mcp_runtime.fan_out.models import fan_out
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.resilience.api import called, give_tools
from tests.mcp_runtime.serving import Replica, replica

pytestmark = pytest.mark.anyio

ECHO, ERASE, DAWDLE = (
    ToolBackend(name=name, tool=f"id-of-{name}", timeout_seconds=5) for name in ("echo", "erase", "dawdle")
)
X = {"text": "x"}


async def ask(record: Record, store: str, *backends: Any, key: str | None = None, **changes: Any) -> dict[str, Any]:
    strategy = changes.pop("strategy", "first_available")
    if record.snapshots["acme", "desk"].tools[-1].kind != "fan_out":
        give_tools(record, fan_out("acme", strategy, *backends, **changes))
    async with replica(record, store) as running:
        _give_executor(running)
        options = {} if key is None else {"key": key}
        return await called(running, "ask", arguments=X, **options)


def _give_executor(running: Replica) -> None:
    runtime = running.runtime
    runtime.executors["fan_out"] = FanOutExecutor(runtime.executors["builtin"], runtime.resilience.guarded).bind


def reasons(result: dict[str, Any]) -> list[str]:
    answers = (result.get("structuredContent") or result["_meta"]["io.atrium/error"])["answers"]
    return [each.get("reason", each["outcome"]) for each in answers]


async def test_a_tool_answers_and_both_calls_are_in_the_log(record: Record, empty_store: str) -> None:
    async with replica(record, empty_store) as running:
        give_tools(record, fan_out("acme", "first_available", ECHO))
        _give_executor(running)
        running.runtime.servers.forget("acme/desk")
        result = await called(running, "ask", arguments=X)
        assert result["structuredContent"]["answer"] == {"result": "x"}
        assert result["content"] == [{"type": "text", "text": "x"}]
        assert running.runtime.audit.events_total == 2


async def test_what_has_effects_is_skipped(record: Record, empty_store: str) -> None:
    result = await ask(record, empty_store, ERASE, ECHO)
    assert reasons(result) == ["has_effects", "answered"]


async def test_what_the_caller_may_not_call_is_skipped(record: Record, empty_store: str) -> None:
    give_tools(record, fan_out("acme", "first_available", ECHO))
    may_ask = GrantSpec(subject_kind="role", subject="caller", target_kind="tool", target="acme-ask")
    record.change_server("acme", "desk", grants=(OWNERS_MAY_ALL, may_ask))
    assert reasons(await ask(record, empty_store)) == ["answered"]
    refused = await ask(record, empty_store, key=MAX)
    assert refused["_meta"]["io.atrium/error"]["type"] == "no_backend_answered"
    assert reasons(refused) == ["not_granted"]


async def test_arguments_that_do_not_fit_and_tools_that_are_gone_are_skipped(record: Record, empty_store: str) -> None:
    gone = ToolBackend(name="gone", tool="id-of-nothing")
    fill = ToolBackend(name="fill", tool="id-of-fill")
    read_only = next(tool for tool in tools() if tool.name == "echo").annotations
    give_tools(record, fan_out("acme", "consensus", gone, fill, ECHO, quorum=1))
    present = record.snapshots["acme", "desk"].tools
    changed = tuple(replace(tool, annotations=read_only) if tool.name == "fill" else tool for tool in present)
    record.change_server("acme", "desk", tools=changed)
    assert reasons(await ask(record, empty_store)) == ["not_granted", "arguments", "answered"]


async def test_a_fan_out_does_not_ask_a_fan_out(record: Record, empty_store: str) -> None:
    again = ToolBackend(name="again", tool="acme-ask")
    assert reasons(await ask(record, empty_store, again)) == ["nested"]


async def test_no_two_calls_of_it_are_joined(record: Record, empty_store: str) -> None:
    give_tools(record, fan_out("acme", "first_available", ECHO, cache_seconds=600.0))
    async with replica(record, empty_store) as running:
        _give_executor(running)
        await called(running, "ask", arguments=X)
        tool = running.runtime.servers.cached("acme/desk").tools["ask"]  # type: ignore[union-attr]
        assert type(tool.run) is FanOutRun
