"""A call that asks other tools of its server: for the same caller, within the same limits, and in the same log.

Only what merely reads is asked so: a fan-out asks again, or several at once.
"""

from time import perf_counter
from typing import Any

from mcp_runtime.boundary import contained
from mcp_runtime.calls import failures
from mcp_runtime.calls.arguments import UnusableSchemaError
from mcp_runtime.calls.audit_events import audit_event
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.judgement import Judged, judge
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.calls.time_limit import within
from mcp_runtime.contract.fan_out import KIND
from mcp_runtime.refusals import Refused
from mcp_runtime.toolkits.context import Cancellation, Context, Notification
from mcp_runtime.toolkits.errors import ProtocolError, ToolBusy
from mcp_runtime.toolkits.siblings import NotCallable


class CallersTools:
    """Implements `Siblings` for one call. `is_recorded`: an intent of that call is in the audit."""

    def __init__(self, call: Call, *, is_recorded: bool) -> None:
        self._call, self._is_recorded = call, is_recorded

    async def call(self, tool_id: str, arguments: dict[str, Any], seconds: float) -> ToolResult:
        """Call the tool of this id. Raises NotCallable, and CancelledError."""
        tool = self._tool(tool_id)
        self._check(tool, arguments)
        await self._admit(tool)
        runtime, started = self._call.runtime, perf_counter()
        judged = Judged(failures.timed_out(tool.spec.name, seconds), "cancelled", "")
        try:
            judged = await self._judged(tool, arguments, min(seconds, tool.spec.timeout_seconds))
        finally:
            event = audit_event(
                self._call,
                runtime.audit.next_id(),
                started,
                arguments,
                outcome=judged.outcome,
                reason=judged.reason,
                sensitive=tool.sensitive,
                tool=tool.spec.name,
            )
            runtime.audit.append(event)
        return judged.result

    def _tool(self, tool_id: str) -> LoadedTool:
        for tool in self._call.caller.access.tools.values():
            if tool.spec.id == tool_id:
                return tool
        raise NotCallable("not_granted")

    def _check(self, tool: LoadedTool, arguments: dict[str, Any]) -> None:
        hints = tool.spec.annotations
        if not hints.is_read_only or (hints.needs_intent_record and not self._is_recorded):
            raise NotCallable("has_effects")
        if tool.is_background:
            raise NotCallable("background")
        if tool.spec.kind == KIND:
            raise NotCallable("nested")
        try:
            fits = tool.input.accepts(arguments)
        except UnusableSchemaError:
            fits = False
        if not fits:
            raise NotCallable("arguments")

    async def _admit(self, tool: LoadedTool) -> None:
        caller, gate = self._call.caller, self._call.runtime.gate
        try:
            await gate.admit(caller.buckets_for(tool))
            gate.check_day(caller.day, caller.limits.calls_per_day)
        except Refused as refused:
            raise NotCallable("limited") from refused
        caller.day.pending += 1

    async def _judged(self, tool: LoadedTool, arguments: dict[str, Any], seconds: float) -> Judged:
        name = tool.spec.name
        try:
            run = self._call.runtime.run(tool)
            work = contained(run(arguments, self._context()), ToolBusy, ProtocolError, Refused, doing=name)
            return judge(tool, await within(seconds, work))
        except TimeoutError:
            return Judged(failures.timed_out(name, seconds), "timeout", "timeout")
        except ToolBusy:
            return Judged(failures.busy(name), "refused", "busy")
        except ProtocolError as error:
            return Judged(ToolResult(is_error=True), "tool_error", error.type)
        except Refused as refused:
            return Judged(ToolResult(is_error=True), "refused", refused.refusal.reason)

    def _context(self) -> Context:
        record = self._call.caller.record
        return Context(
            emit=_unheard,
            cancellation=Cancellation(),
            tenant=record.tenant,
            principal=self._call.caller.principal,
            call_id=self._call.runtime.audit.next_id(),
            trace=self._call.trace,
            user=record.user,
        )


def _unheard(_: Notification) -> None:
    """The client follows the tool that it called, not those that this one asks."""
