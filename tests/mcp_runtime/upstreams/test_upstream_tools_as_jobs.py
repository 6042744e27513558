"""Tools of upstreams in the background: called from a worker, with its client's user and the key of the effect."""

import asyncio
from time import monotonic
from typing import Any

import pytest
from msgspec.structs import replace

from mcp_runtime.calls.results import encode_tool_result, text_of
from mcp_runtime.contract.job_running import JobOutcome
from mcp_runtime.jobs.loop_runner import LoopRunner
from mcp_runtime.upstreams.executor import UpstreamExecutor
from mcp_runtime.upstreams.upstreams import Upstreams
from tests.mcp_runtime.jobs.running import AT_ONCE, Row, work
from tests.mcp_runtime.upstreams.conftest import Begin
from tests.mcp_runtime.upstreams.scripted import Asked, Scripted, text
from tests.mcp_runtime.upstreams.world import Fakes, outside

pytestmark = pytest.mark.anyio


async def test_a_worker_calls_it_with_the_users_account_and_passes_its_blocks_on(line: Begin) -> None:
    async def answers(asked: Asked) -> None:
        await asked.result(text("done", content=[{"type": "text", "text": "done", "_meta": {"a": 1}}]))

    up = await line(Scripted(call=answers), auth="oauth_user")

    def executors() -> dict[str, Any]:
        fakes = Fakes(tokens={"ada": "token-of-ada"})
        door = outside(up.world.outside.recorder.port).door()
        return {"upstream": UpstreamExecutor(Upstreams(door, secret=fakes.secret, accounts=fakes)).bind}

    spec = up.world._tool(up.upstream.tools[0], {"mode": "background"})
    job = replace(work("which_process"), spec=spec, principal="ada|client", arguments={})
    runner = LoopRunner(executors, AT_ONCE)
    try:
        outcome: JobOutcome | None = await asyncio.to_thread(runner.run, job, Row(), held_until=monotonic() + 30)
    finally:
        await asyncio.to_thread(runner.close)
    assert outcome is not None
    assert outcome.result is not None
    assert [text_of(block) for block in outcome.result.content] == ["done"]
    assert b'"_meta":{"a":1}' in encode_tool_result(outcome.result)
    call = up.upstream.calls()[0]
    assert call.headers["authorization"] == "Bearer token-of-ada"
    assert call.message["params"]["_meta"]["io.atrium/idempotencyKey"] == job.idempotency_key
