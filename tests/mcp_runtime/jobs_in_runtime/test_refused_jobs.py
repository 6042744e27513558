"""Jobs that are not made: what the client learns, what the audit keeps, and what is given back."""

import asyncio

import msgspec
import pytest

from mcp_runtime.contract.tools import ToolSpec
from tests.mcp_runtime.cast import ADA, GUS
from tests.mcp_runtime.kept_jobs import Worker
from tests.mcp_runtime.record import Publisher, Record
from tests.mcp_runtime.serving import GLOBEX, Replica
from tests.mcp_runtime.streaming import modern_stream, waiting_call
from tests.mcp_runtime.test_audit_trail import flushed
from tests.mcp_runtime.test_limits import limit

pytestmark = pytest.mark.anyio


async def test_a_full_queue_is_told_with_its_limit(served: Replica, record: Record, publisher: Publisher) -> None:
    record.jobs.limit = 0
    refused = await served.modern("tools/call", **waiting_call())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    error = refused.json()["error"]
    assert error["code"] == 4294
    assert error["data"] == {"type": "too_many_jobs", "limit": 0, "remaining": 0}
    (event,) = await flushed(served, publisher)
    assert (event.tool, event.phase, event.outcome, event.reason) == ("wait", "outcome", "refused", "too_many_jobs")
    assert served.runtime.job_events.waiting == 0


async def test_a_record_that_is_away_is_told_with_the_jobs_name(
    served: Replica, worker: Worker, publisher: Publisher
) -> None:
    worker.jobs.loses_answers = True
    refused = await served.modern("tools/call", **waiting_call())
    assert refused.status_code == 503
    error = refused.json()["error"]
    job_id = await worker.take()
    assert error["data"] == {"type": "unavailable", "job": job_id}
    assert job_id in error["message"]
    await worker.finish(job_id, "it was made all the same")
    found = await served.call("get_job_result", {"job_id": job_id})
    assert found.json()["result"]["structuredContent"] == {"result": "it was made all the same"}
    event, _ = await flushed(served, publisher)
    assert (event.outcome, event.reason) == ("refused", "unavailable")
    assert event.id != job_id


async def test_a_job_is_audited_by_its_own_record(
    served: Replica, record: Record, worker: Worker, publisher: Publisher
) -> None:
    await served.call("erase", {"name": "file"}, meta={"io.atrium/timeout": 0})
    async with asyncio.timeout(10), modern_stream(served, "tools/call", **waiting_call()) as stream:
        await worker.take()
        await worker.finish(await worker.take())
        await stream.rest()
    assert await flushed(served, publisher) == []
    assert record.committed == []
    metrics = (await served.http.get("/metrics")).text
    assert "atrium_jobs_submitted_total 2.0" in metrics
    assert "atrium_jobs_waiting 0.0" in metrics
    assert 'atrium_calls_total{outcome="ok"} 1.0' in metrics
    assert 'atrium_calls_total{outcome="pending"} 1.0' in metrics


async def test_a_call_that_joins_a_job_is_audited_by_itself(
    served: Replica, worker: Worker, publisher: Publisher
) -> None:
    meta = {"io.atrium/timeout": 0, "io.atrium/idempotencyKey": "k"}
    for number in ("first", "second"):
        await served.call("wait", {"steps": 1}, meta=meta, id=number)
    (event,) = await flushed(served, publisher)
    assert (event.request_id, event.outcome, event.reason) == ("second", "ok", "same_job")
    assert event.id not in worker.jobs.asked


async def test_waiting_takes_a_stream_of_the_principal_and_no_place_of_the_tool(
    served: Replica, record: Record, worker: Worker
) -> None:
    limit(record, streams_per_principal=2)
    record.change_server("acme", "desk", tools=tuple(_one_at_a_time(record)))
    async with (
        asyncio.timeout(10),
        modern_stream(served, "tools/call", **waiting_call()),
        modern_stream(served, "tools/call", **waiting_call()),
    ):
        jobs = [await worker.take(), await worker.take()]
        refused = await served.modern("tools/call", ADA, **waiting_call())
        assert refused.json()["error"]["data"]["type"] == "too_many_calls"
        assert list(worker.jobs.asked) == jobs
        other = await served.call("wait", {"steps": 1}, GUS, path=GLOBEX, meta={"io.atrium/timeout": 0})
        assert other.status_code == 200


def _one_at_a_time(record: Record) -> list[ToolSpec]:
    return [msgspec.structs.replace(tool, concurrency=1) for tool in record.snapshots["acme", "desk"].tools]
