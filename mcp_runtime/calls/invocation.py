"""One `tools/call`: admission, authorization, validation, the run with its time limit, and what the audit keeps."""

import asyncio
from functools import partial
from time import perf_counter
from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls import failures
from mcp_runtime.calls.admissible import denial, find_invalid
from mcp_runtime.calls.audit_events import audit_event
from mcp_runtime.calls.background import BackgroundCall
from mcp_runtime.calls.call import Answer, Call, Emit
from mcp_runtime.calls.encoding import encode_result
from mcp_runtime.calls.first_questions import answers_first, unanswered
from mcp_runtime.calls.inquiry import brings_answers, check_capabilities, encode_input_required, run_asking
from mcp_runtime.calls.job_asking import job_of_state
from mcp_runtime.calls.job_fetching import answers_at_once, fetch
from mcp_runtime.calls.judgement import judge
from mcp_runtime.calls.lasting_calls import LastingCall
from mcp_runtime.calls.loaded import LoadedTool, Run
from mcp_runtime.calls.notifications import Notifier
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.calls.siblings import CallersTools
from mcp_runtime.calls.task_support import check_task
from mcp_runtime.calls.time_limit import Clock, within
from mcp_runtime.contract.announcements import announced
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.input.rounds import InputRequired
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.toolkits.asking import Asker
from mcp_runtime.toolkits.context import Cancellation, Cancelled, Context, Notification
from mcp_runtime.toolkits.errors import ProtocolError, ToolBusy, ToolError

QUICK_SECONDS: Final = 2.0
"""The longest a call may run that is answered without a stream."""

_EXPECTED: Final = (Cancelled, ToolBusy, ProtocolError, InputRequired, Refused)
_NOTHING: Final[dict[str, Any]] = {}


class Invocation:
    """A call from its arrival to its audit event. Made by `invoke`."""

    __slots__ = ("_call", "_id", "_intent", "_outcome", "_reason", "_started", "_tool", "arguments")

    def __init__(self, call: Call) -> None:
        self._call = call
        self._started = perf_counter()
        self._id = call.runtime.audit.next_id()
        self._tool: LoadedTool | None = None
        self._outcome, self._reason = "crashed", ""
        self._intent = False
        arguments = call.params.arguments
        self.arguments: dict[str, Any] = _NOTHING if arguments is UNSET else arguments

    async def start(self) -> Answer:
        """Check everything; then run a quick tool at once, or hand back a lasting one. Raises Refused."""
        caller, gate = self._call.caller, self._call.runtime.gate
        try:
            tool = self._tool = caller.access.tools.get(str(self._call.params.name))
            buckets = caller.buckets_for(tool)
            if not gate.admits_at_once(buckets):
                await gate.admit(buckets)
            gate.check_day(caller.day, caller.limits.calls_per_day)
            if tool is None:
                self._reason, refused = denial(self._call)
                raise refused
            check_task(self._call, tool)
            self._admit()
            invalid = find_invalid(self._call, tool, self.arguments)
            if self._needs_intent(tool):
                await self._record_intent()
        except Refused as refused:
            self._end("refused", self._reason or refused.refusal.reason)
            raise
        if invalid is not None:
            self._end("refused", "invalid_arguments")
            return encode_result(self._call, invalid)
        return await self._begin(tool)

    async def _begin(self, tool: LoadedTool) -> Answer:
        if tool.is_background:
            return await self._submit(tool)
        if tool.spec.quick or not self._call.streams or (tool.is_own and answers_at_once(self.arguments)):
            return await self._run_at_once(tool)
        return await self._last(tool)

    def _admit(self) -> None:
        call, caller, gate = self._call, self._call.caller, self._call.runtime.gate
        if call.runtime.audit.is_full:
            raise refuse("audit_unavailable", "The audit log can't be written just now. Retry shortly.", retry_after=5)
        gate.check_in_flight(caller.load.in_flight, caller.limits.calls_in_flight)
        caller.day.pending += 1

    def _needs_intent(self, tool: LoadedTool) -> bool:
        """A job is committed with the intent of its call, so none is written before it."""
        return not tool.is_background and (self._call.caller.strict or tool.spec.annotations.needs_intent_record)

    async def _record_intent(self) -> None:
        """Before an effect that matters, an audit row is committed; without it the call does not happen."""
        try:
            await self._call.runtime.audit.commit(self._event("pending", "", phase="intent"))
        except RecordUnavailable as error:
            message = "This call must be recorded before it runs, and the audit log can't be written. Retry shortly."
            raise refuse("audit_unavailable", message, retry_after=5) from error
        self._intent = True

    async def _submit(self, tool: LoadedTool) -> Answer:
        """Have a worker run it, once everything is answered that has to be before; or go on with the job that asked."""
        background = BackgroundCall(self._call, tool, self._count)
        try:
            if (asking := job_of_state(self._call)) is not None:
                answer = await background.go_on(asking)
            else:
                given = await answers_first(self._call, tool, takes_once=_takes_once(tool))
                answer = await background.start(self.arguments, self._event("pending", "", phase="intent"), given)
        except InputRequired as required:
            self._end("ok", "input_required")
            return encode_input_required(self._call, required.requests, required.known)
        except Refused as refused:
            self._end("refused", refused.refusal.reason)
            raise
        except ToolError as error:
            self._end("tool_error", error.type)
            return encode_result(self._call, unanswered(self._call, error))
        if background.is_joined:
            self._call.runtime.audit.append(self._event("ok", "same_job"))
        return answer

    async def _run_at_once(self, tool: LoadedTool) -> bytes:
        limit = min(tool.spec.timeout_seconds, QUICK_SECONDS) if tool.spec.quick else tool.spec.timeout_seconds
        load = self._call.caller.load
        load.in_flight += 1
        try:
            return await self._answer(tool, None, limit)
        finally:
            load.in_flight -= 1
            await self._record_outcome()

    async def _last(self, tool: LoadedTool) -> Answer:
        lasting = LastingCall(self._call, tool, self._id, lambda emit: self._run_lasting(tool, emit))
        try:
            await lasting.take_places()
        except Refused as refused:
            self._end("refused", refused.refusal.reason)
            raise
        return await lasting.begin()

    async def _run_lasting(self, tool: LoadedTool, emit: Emit) -> bytes:
        try:
            return await self._answer(tool, emit, tool.spec.timeout_seconds)
        finally:
            await self._record_outcome()

    async def _answer(self, tool: LoadedTool, emit: Emit | None, limit: float) -> bytes:
        try:
            result = await self._run(tool, emit, limit)
            check_capabilities(self._call, result)
        except InputRequired as required:
            self._outcome, self._reason = "ok", "input_required"
            return encode_input_required(self._call, required.requests, required.known)
        except Refused as refused:
            if self._outcome != "tool_error" or refused.refusal.reason == "missing_capability":
                self._outcome, self._reason = "refused", refused.refusal.reason
            raise
        return encode_result(self._call, result)

    async def _record_outcome(self) -> None:
        if self._intent:
            await self._finish()
        else:
            self._end(self._outcome, self._reason)

    async def _run(self, tool: LoadedTool, emit: Emit | None, limit: float) -> ToolResult:
        """Run the tool; what it does becomes a result, and `_outcome` says what it was. Raises Refused where the tool
        has it that the call itself fails."""
        metrics = self._call.runtime.metrics
        metrics.calls_in_flight += 1
        try:
            clock = None if emit is None else Clock()
            work = contained(self._execute(tool, emit, clock), *_EXPECTED, doing=tool.spec.name)
            result = await within(limit, work, clock)
        except TimeoutError:
            return self._fail("timeout", "timeout", failures.timed_out(tool.spec.name, limit))
        except (asyncio.CancelledError, Cancelled):
            self._outcome = "cancelled"
            raise
        except ToolBusy:
            return self._fail("refused", "busy", failures.busy(tool.spec.name))
        except ProtocolError as error:
            self._outcome, self._reason = "tool_error", error.type
            raise failures.protocol_error(error) from error
        finally:
            metrics.calls_in_flight -= 1
        return self._judge(tool, result)

    async def _execute(self, tool: LoadedTool, emit: Emit | None, clock: Clock | None) -> ToolResult:
        if tool.is_own:
            return await fetch(self._call, self.arguments, emit)
        run = self._call.runtime.run(tool)
        if not run.wants_context:
            return await run(self.arguments, None)
        work = partial(self._run_with_context, run, emit)
        return await run_asking(self._call, work, takes_once=_takes_once(tool), emit=emit, clock=clock)

    async def _run_with_context(self, run: Run, emit: Emit | None, asker: Asker) -> ToolResult:
        cancellation = Cancellation()
        notify = Notifier(self._call, emit) if emit is not None else None
        context = Context(
            emit=_ignore if notify is None else notify,
            cancellation=cancellation,
            tenant=self._call.caller.record.tenant,
            principal=self._call.caller.principal,
            call_id=self._id,
            announce=self._announce,
            asker=asker,
            trace=self._call.trace,
            user=self._call.caller.record.user,
            log_level=self._call.log_level,
            goes_on=brings_answers(self._call),
            siblings=CallersTools(self._call, is_recorded=self._intent),
        )
        try:
            return await run(self.arguments, context)
        finally:
            cancellation.set("ended")
            if notify is not None:
                notify.close()

    def _announce(self, method: str, topic: str) -> None:
        self._call.runtime.announcements.tell(announced(self._call.caller.loaded.snapshot.id, method, topic))

    def _judge(self, tool: LoadedTool, result: ToolResult | Crash) -> ToolResult:
        if isinstance(result, Crash):
            self._call.runtime.metrics.incidents += 1
        judged = judge(tool, result)
        self._outcome, self._reason = judged.outcome, judged.reason
        return judged.result

    def _fail(self, outcome: str, reason: str, result: ToolResult) -> ToolResult:
        self._outcome, self._reason = outcome, reason
        return result

    async def _finish(self) -> None:
        """Commit the outcome beside its intent."""
        audit = self._call.runtime.audit
        try:
            await asyncio.shield(audit.commit(self._event(self._outcome, self._reason)))
        except RecordUnavailable:
            self._end(self._outcome, self._reason)  # the buffer brings it in later; the intent is there already
            return
        audit.count_committed()
        self._count(self._outcome)

    def _end(self, outcome: str, reason: str) -> None:
        self._call.runtime.audit.append(self._event(outcome, reason))
        self._count(outcome)

    def _count(self, outcome: str) -> None:
        self._call.runtime.metrics.call_ended(outcome, perf_counter() - self._started)

    def _event(self, outcome: str, reason: str, phase: str = "outcome") -> AuditEvent:
        tool = self._tool
        return audit_event(
            self._call,
            self._id,
            self._started,
            self.arguments,
            outcome=outcome,
            reason=reason,
            sensitive=frozenset() if tool is None else tool.sensitive,
            phase=phase,
            tool=str(self._call.params.name) if tool is None else tool.spec.name,
        )


def _takes_once(tool: LoadedTool) -> bool:
    """Whether the same answers may not have it run twice."""
    hints = tool.spec.annotations
    return not (hints.is_read_only or hints.idempotent_hint is True)


def _ignore(_: Notification) -> None:
    """Where the answer is one JSON object, there is no stream for what a tool reports on the way."""


async def invoke(call: Call) -> Answer:
    """Serve one `tools/call` (MCP server/tools, Calling Tools)."""
    if call.params.name is UNSET:
        raise refuse("invalid_params", "params.name is required: the name of the tool to call.")
    return await Invocation(call).start()
