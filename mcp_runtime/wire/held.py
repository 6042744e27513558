"""A lasting answer without a stream: for a client that takes none, and for the requests of a batch. The call is held,
and answered with one object.
"""

import asyncio
from typing import Any

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls.call import Call, Lasting
from mcp_runtime.calls.listed import list_call
from mcp_runtime.calls.running import CANCELLED_BY_CLIENT, CLOSED, REVOKED, RunningCall
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.toolkits.context import Cancelled
from mcp_runtime.wire.exchange import Exchange, result_message
from mcp_runtime.wire.stream import handle_of, incident_refusal


async def serve(exchange: Exchange, call: Call, lasting: Lasting, running: RunningCall) -> None:
    """Hold the request of a client that takes JSON alone. Raises Refused.

    In the modern era a client that goes away cancels its request.
    """
    watcher = None if call.legacy else asyncio.ensure_future(_watch_client(exchange, running))
    try:
        result = await hold(call, lasting, running)
        if watcher is not None and watcher.done() and lasting.cancel is not None:
            lasting.cancel()
    finally:
        if watcher is not None:
            watcher.cancel()
    await exchange.answer_json(200, result_message(call.request_id, result))


async def hold(call: Call, lasting: Lasting, running: RunningCall) -> bytes:
    """Run it to its end; the encoded result. Raises Refused, also where the client or a revocation has ended it."""
    runtime, snapshot = call.runtime, call.caller.loaded.snapshot
    task = asyncio.ensure_future(lasting.run(_ignore))
    running.begin(
        task,
        digest=call.caller.credential.digest,
        expires_at=call.caller.record.expires_at,
        server=f"{snapshot.tenant.slug}/{snapshot.slug}",
        tool=lasting.tool,
        cancel=lasting.cancel,
        scopes=call.caller.record.scopes,
    )
    runtime.running.add(running)
    task.add_done_callback(lambda _: runtime.running.remove(running))
    list_call(call, handle_of(call), lasting.tool, running, task)
    try:
        result = await contained(task, Refused, Cancelled, doing=call.method)
    except (asyncio.CancelledError, Cancelled):
        if running.ended_by == REVOKED:
            raise refuse("unauthenticated", "The permission for this call was revoked.") from None
        if running.ended_by in (CANCELLED_BY_CLIENT, CLOSED):
            raise refuse("cancelled", "The call was cancelled.") from None
        raise
    if isinstance(result, Crash):
        raise Refused(incident_refusal(result))
    return result


async def _watch_client(exchange: Exchange, running: RunningCall) -> None:
    while (await exchange.receive())["type"] != "http.disconnect":
        pass
    running.end(CANCELLED_BY_CLIENT)


def _ignore(method: str, params: dict[str, Any], request_id: str | None = None) -> None:
    """There is no stream for what comes before the result."""
