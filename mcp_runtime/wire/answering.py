"""From a request to its answer, common to both eras: look the method up, ask it, send what it says."""

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls.call import Call, Lasting, Listening, Method
from mcp_runtime.calls.running import RunningCall
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.wire import held
from mcp_runtime.wire.exchange import Exchange, error_message, result_message
from mcp_runtime.wire.listening import ListeningStream
from mcp_runtime.wire.stream import ResponseStream, incident_refusal, request_key


def find(methods: dict[str, Method], name: str) -> Method:
    """The method; raises Refused (method_not_found) listing what there is."""
    method = methods.get(name)
    if method is None:
        raise refuse("method_not_found", f"Method not found: {name[:80]}", method=name[:80], methods=sorted(methods))
    return method


async def answer(exchange: Exchange, call: Call, method: Method) -> None:
    """Answer one request, as JSON or as a stream. Raises Refused before anything was sent."""
    runtime = call.runtime
    runtime.metrics.requests[call.method] += 1
    if not call.legacy:
        outcome = await method(call)
        if isinstance(outcome, Lasting):
            await _serve_lasting(exchange, call, outcome, RunningCall(None))
        elif isinstance(outcome, Listening):
            await ListeningStream(exchange, call, outcome).open()
        else:
            await exchange.answer_json(200, result_message(call.request_id, outcome))
        return
    # A session's request ids are its handles for cancelling: one may not stand for two requests at once.
    running = RunningCall(request_key(call))
    if not runtime.running.add(running):
        raise refuse("duplicate_request_id", "A request with this id is still running in this session.")
    try:
        outcome = await method(call)
        if isinstance(outcome, Lasting):
            await _serve_lasting(exchange, call, outcome, running)
            return
    finally:
        if running.task is None:
            runtime.running.remove(running)
    await exchange.answer_json(200, result_message(call.request_id, _whole(outcome)))


async def _serve_lasting(exchange: Exchange, call: Call, lasting: Lasting, running: RunningCall) -> None:
    if call.streams:
        await ResponseStream(exchange, call, lasting, running).serve()
    else:
        await held.serve(exchange, call, lasting, running)


async def answer_in_batch(call: Call, method: Method) -> bytes:
    """Answer one request of a batch: the whole response message. A batch has no stream of its own per request."""
    call.streams = False
    call.runtime.metrics.requests[call.method] += 1
    try:
        outcome = await contained(_answer_held(call, method), Refused, doing=call.method)
    except Refused as refused:
        return error_message(refused.refusal, call.request_id, legacy=call.legacy)
    if isinstance(outcome, Crash):
        return error_message(incident_refusal(outcome), call.request_id)
    return result_message(call.request_id, outcome)


async def _answer_held(call: Call, method: Method) -> bytes:
    outcome = await method(call)
    if not isinstance(outcome, Lasting):
        return _whole(outcome)
    running = RunningCall(request_key(call))
    if not call.runtime.running.add(running):
        raise refuse("duplicate_request_id", "A request with this id is still running in this session.")
    return await held.hold(call, outcome, running)


def _whole(outcome: bytes | Listening) -> bytes:
    """Of the older revisions no request is answered by a stream that stays open: that is what their GET is for."""
    if isinstance(outcome, Listening):
        raise TypeError("a method of the older revisions can't listen")
    return outcome
