"""The replica that wrote a stream is gone: another one goes on with it, or says that the call is lost.

Whoever has taken the log over is its one writer (`LogReader.take_over`), so all of this happens once per loss.
"""

from typing import Any, NamedTuple

import msgspec

from mcp_runtime.calls.call import Call, Emit, Lasting
from mcp_runtime.calls.job_rejoining import RejoinedCall
from mcp_runtime.calls.running import RunningCall
from mcp_runtime.calls.task_waiting import AwaitedTask
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.methods.legacy_tasks import AWAITING
from mcp_runtime.protocol.jsonrpc import Message, Params
from mcp_runtime.refusals import Refused
from mcp_runtime.sessions.log_reader import LogReader
from mcp_runtime.sessions.log_writer import LogWriter
from mcp_runtime.sessions.stream_log import StreamAbout
from mcp_runtime.wire.exchange import Exchange, error_message
from mcp_runtime.wire.stream import ResponseStream, call_lost, request_key

PROGRESS = "notifications/progress"


def request_of(about: StreamAbout) -> Message:
    """The request that the stream answers, as far as its answer depends on it."""
    meta = {} if about.progress_token is None else {"progressToken": about.progress_token}
    params = Params(name=about.tool, meta=meta)
    return Message(jsonrpc="2.0", method=about.method, id=about.request_id, params=params)


async def answer_for_the_lost(exchange: Exchange, call: Call, reader: LogReader, about: StreamAbout) -> None:
    """Bring the stream to its end; nothing happens where somebody else does. Redis errors pass through.

    A call that ran in the lost process is lost with it. A job goes on: what it says from now on goes into the log.
    """
    log = await reader.take_over()
    if log is None:
        return
    call.runtime.metrics.streams_taken_over += 1
    if about.job_id is None:
        await _end(log, error_message(call_lost(), call.request_id))
        return
    try:
        lasting = await _rejoin(call, about.tool, about.job_id)
    except Refused as refused:
        await _end(log, error_message(refused.refusal, call.request_id))
        return
    except RecordUnavailable:
        await log.release()  # it will be looked at again
        return
    lasting = _only_news(lasting, await _told(reader))
    running = RunningCall(request_key(call))
    if not call.runtime.running.add(running):
        running = RunningCall(None)  # the client has begun another request under this id here
    ResponseStream(exchange, call, lasting, running).go_on(log)


async def _rejoin(call: Call, tool: str, job_id: str) -> Lasting:
    encode = AWAITING.get(call.method)
    if encode is not None:
        return await AwaitedTask(call, encode).rejoin(job_id)
    return await RejoinedCall(call, call.caller.access.tools[tool]).rejoin(job_id)


async def _end(log: LogWriter, message: bytes) -> None:
    await log.end([message], delivered=False)
    log.close()


class _Told(NamedTuple):
    """What the stream's client knows: the highest progress, which only ever increases, and what it was asked."""

    progress: float | None
    requests: set[str]


async def _told(reader: LogReader) -> _Told:
    progress, requests = None, set()
    async for message in reader.backwards():
        said = msgspec.json.decode(message)
        if progress is None and said.get("method") == PROGRESS:
            progress = float(said["params"]["progress"])
        if "method" in said and "id" in said:
            requests.add(said["id"])
    return _Told(progress, requests)


def _only_news(lasting: Lasting, told: _Told) -> Lasting:
    """The same, where the client is told nothing twice: a question that it was asked is answered under its old id."""

    def filtered(emit: Emit) -> Emit:
        def pass_on(method: str, params: dict[str, Any], request_id: str | None = None) -> None:
            is_behind = method == PROGRESS and told.progress is not None and params["progress"] <= told.progress
            if not is_behind and request_id not in told.requests:
                emit(method, params, request_id)

        return pass_on

    run = lasting.run
    lasting.run = lambda emit: run(filtered(emit))
    return lasting
