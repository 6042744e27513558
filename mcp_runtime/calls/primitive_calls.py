"""A request that a toolkit's function answers, where it is no tool: how long it may take, and what is recorded of it.

Whoever may reach the server may ask: a credential that reaches it has `mcp:read` or `mcp:call`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any, Final, TypeVar

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls.audit_events import audit_event
from mcp_runtime.calls.call import Answer, Call, Method
from mcp_runtime.calls.inquiry import encode_input_required, run_asking
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.input.rounds import InputRequired
from mcp_runtime.refusals import Refusal, Refused, refuse
from mcp_runtime.toolkits.asking import Asker, MissingCapability
from mcp_runtime.toolkits.context import Cancellation, Cancelled, Context
from mcp_runtime.toolkits.errors import ResourceNotFound, ToolBusy, ToolError

T = TypeVar("T")

SECONDS: Final = 10.0
"""The longest that reading a resource, getting a prompt or completing an argument may take."""

_EXPECTED: Final = (ToolError, ToolBusy, Cancelled, Refused, RecordUnavailable)

_OUTCOMES: Final = {"timeout": "timeout", "crashed": "crashed", "toolkit_error": "tool_error", "cancelled": "cancelled"}


@asynccontextmanager
async def recorded(call: Call, arguments: dict[str, Any]) -> AsyncIterator[None]:
    """Tell the audit how what is done here ended. Raises Refused (audit_unavailable) where nothing could be told."""
    started = perf_counter()
    if call.runtime.audit.is_full:
        raise _audit_unavailable()
    try:
        yield
    except Refused as refused:
        refusal = refused.refusal
        reason = str(refusal.data.get("incident") or refusal.data.get("error") or refusal.reason)
        outcome = _OUTCOMES.get(refusal.reason, "refused")
        call.runtime.audit.append(_event(call, arguments, started, outcome, reason))
        raise
    except asyncio.CancelledError:
        call.runtime.audit.append(_event(call, arguments, started, "cancelled", ""))
        raise
    except InputRequired:
        await _record(call, _event(call, arguments, started, "ok", "input_required"))
        raise
    await _record(call, _event(call, arguments, started, "ok", ""))


async def _record(call: Call, event: AuditEvent) -> None:
    audit = call.runtime.audit
    if not call.caller.strict:
        audit.append(event)
        return
    try:
        await audit.commit(event)
    except RecordUnavailable as error:
        raise _audit_unavailable() from error
    audit.count_committed()


def may_ask(method: Method) -> Method:
    """The method, whose answer may be a question."""

    async def ask_or_answer(call: Call) -> Answer:
        try:
            return await method(call)
        except InputRequired as required:
            return encode_input_required(call, required.requests, required.known)

    return ask_or_answer


async def answered(call: Call, work: Callable[[Context], Coroutine[Any, Any, T]], *, asks: bool = True) -> T:
    """Run an author's function, for so long as it may take. Raises InputRequired where it asks for something, and
    Refused for whatever goes wrong. Where its client can't be asked in this method, it may not (`asks`)."""
    caller = call.caller
    call.runtime.gate.check_in_flight(caller.load.in_flight, caller.limits.calls_in_flight)
    caller.load.in_flight += 1
    context: Context | None = None

    async def run(asker: Asker | None) -> T | Crash:
        nonlocal context
        context = _context(call, asker if asks else None)
        return await contained(work(context), *_EXPECTED, doing=call.method)

    try:
        async with asyncio.timeout(SECONDS):
            result = await run_asking(call, run, takes_once=False) if asks else await run(None)
    except (ToolError, ToolBusy, Cancelled, TimeoutError, RecordUnavailable) as error:
        raise Refused(_refusal(call, error)) from error
    finally:
        caller.load.in_flight -= 1
        if context is not None:
            context.close("ended")
    if isinstance(result, Crash):
        call.runtime.metrics.incidents += 1
        message = f"It failed unexpectedly. Trying again may help; otherwise report incident {result.incident}."
        raise refuse("crashed", message, incident=result.incident)
    return result


def checked_size(call: Call, encoded: bytes, least: int = 0) -> bytes:
    """The encoded result; raises Refused (result_too_large) where the tenant's plan does not allow its size, which may
    be `least` in any case."""
    limit = max(call.caller.limits.result_bytes, least)
    if len(encoded) > limit:
        message = f"The result has {len(encoded)} bytes; {limit} are allowed. Ask for less at once."
        raise refuse("result_too_large", message, bytes=len(encoded), limit=limit)
    return encoded


def _refusal(call: Call, error: Exception) -> Refusal:
    if isinstance(error, ResourceNotFound):
        return Refusal("resource_not_found", error.message, {"uri": str(call.params.uri)})
    if isinstance(error, MissingCapability) and not call.legacy:
        return Refusal("missing_capability", error.message, error.data)
    if isinstance(error, ToolError):
        is_invalid = error.type == "invalid_arguments"
        data = {} if is_invalid else {"error": error.type}
        return Refusal("invalid_arguments" if is_invalid else "toolkit_error", error.message, data)
    if isinstance(error, ToolBusy):
        return Refusal("too_many_calls", "Too many requests of this kind are waiting. Retry shortly.", retry_after=2)
    if isinstance(error, RecordUnavailable):
        return Refusal("unavailable", "This can't be read just now. Retry shortly.", retry_after=2)
    if isinstance(error, Cancelled):
        return Refusal("cancelled", "The request was cancelled.")
    return Refusal("timeout", f"No answer within {SECONDS:g} s, the time limit. Try again later.", {"seconds": SECONDS})


def _context(call: Call, asker: Asker | None) -> Context:
    return Context(
        emit=lambda _: None,  # the answer is one JSON object: there is no stream for what is said on the way
        cancellation=Cancellation(),
        tenant=call.caller.record.tenant,
        principal=call.caller.principal,
        call_id=call.runtime.audit.next_id(),
        asker=asker,
        trace=call.trace,
        user=call.caller.record.user,
    )


def _event(call: Call, arguments: dict[str, Any], started: float, outcome: str, reason: str) -> AuditEvent:
    return audit_event(call, call.runtime.audit.next_id(), started, arguments, outcome=outcome, reason=reason)


def _audit_unavailable() -> Refused:
    return refuse("audit_unavailable", "The audit log can't be written just now. Retry shortly.", retry_after=5)
