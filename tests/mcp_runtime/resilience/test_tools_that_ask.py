"""A tool that only reads and asks its caller: each caller is asked alone, and nothing of an answer is kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec.structs import replace

from mcp_runtime.calls.executors.builtin import BuiltinExecutor
from tests.mcp_runtime.asking_toolkit import toolkit
from tests.mcp_runtime.cast import ADA, GUS, REGISTRY, tool_spec
from tests.mcp_runtime.input.test_questions_end_a_call import call, state_of
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, GLOBEX, Replica, replica

pytestmark = pytest.mark.anyio


@pytest.fixture
async def asking(record: Record, empty_store: str) -> AsyncIterator[Replica]:
    """As if the asking tools were those of an upstream, whose answers are kept."""
    for tenant in ("acme", "globex"):
        specs = [replace(tool_spec(each), kind="upstream", cache_seconds=600.0) for each in toolkit.definitions]
        record.change_server(tenant, "desk", tools=tuple(spec for spec in specs if not spec.task_required))
    async with replica(record, empty_store) as running:
        running.runtime.executors["upstream"] = BuiltinExecutor(REGISTRY).bind
        yield running


def named(name: str) -> dict[str, Any]:
    return {"guest": {"action": "accept", "content": {"name": name}}}


@pytest.mark.parametrize("name", ["invite", "invite_from_thread"])
async def test_each_is_asked_and_has_an_answer_of_its_own(asking: Replica, name: str) -> None:
    callers = [{"key": ADA, "path": ACME}, {"key": ADA, "path": ACME}, {"key": GUS, "path": GLOBEX}]
    asked = await asyncio.gather(*(call(asking, name, **who) for who in callers))
    states = [state_of(response) for response in asked]
    guests = ["Alma", "Bela", "Cleo"]
    answered = await asyncio.gather(
        *(
            call(asking, name, named(guest), state, **who)
            for guest, state, who in zip(guests, states, callers, strict=True)
        )
    )
    said = [response["result"]["structuredContent"]["result"] for response in answered]
    assert said == [f"accept: Guest(name='{guest}', dish='soup')" for guest in guests]
    state_of(await call(asking, name, **callers[0]))
    assert asking.runtime.resilience.kept.hits == 0
