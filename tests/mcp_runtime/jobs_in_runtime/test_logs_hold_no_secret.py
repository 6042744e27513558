"""What a tool logs reaches who made the call, without what looks like a credential (server/utilities/logging)."""

import asyncio

import pytest

from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.serving import Replica
from tests.mcp_runtime.streaming import modern_stream, waiting_call

pytestmark = pytest.mark.anyio


@pytest.mark.must("MUST-21.3")
async def test_a_credential_is_cut_out_of_a_log_message(served: Replica, worker: Worker) -> None:
    options = {**waiting_call(), "meta": {"io.modelcontextprotocol/logLevel": "info"}}
    async with asyncio.timeout(20), modern_stream(served, "tools/call", **options) as stream:
        job_id = await worker.take()
        await worker.log(job_id, "info", {"sent": "Authorization: Bearer canary0123456789", "password": "canary"})
        said = await stream.message()
        await worker.finish(job_id)
    assert (said["method"], said["params"]["level"]) == ("notifications/message", "info")
    assert said["params"]["data"] == {"sent": "Authorization: [redacted]", "password": "[redacted]"}
