"""One call in the express lane, from its tool's first step to its answer and its audit event."""

import asyncio
from time import perf_counter, time
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from mcp_runtime.audit import shown_client, shown_id, shown_user_agent
from mcp_runtime.boundary import Begun, Crash, begin
from mcp_runtime.calls import failures
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.encoding import encode_response
from mcp_runtime.calls.invocation import QUICK_SECONDS
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.calls.results import ToolResult, error_type
from mcp_runtime.calls.time_limit import finish_within
from mcp_runtime.contract.trace_context import trace_id
from mcp_runtime.protocol.versions import MODERN
from mcp_runtime.redaction import redacted_json
from mcp_runtime.runtime import Runtime
from mcp_runtime.toolkits.errors import ProtocolError, ToolBusy
from mcp_runtime.wire.exchange import error_message

METHOD = "tools/call"
VERSION = MODERN[0]


class _ClientInfo(Struct, frozen=True):
    name: str = ""
    version: str = ""


_NOBODY = _ClientInfo()
_NO_ARGUMENTS: dict[str, Any] = {}
"""Where a request has none at all; nothing is ever put into it."""


class _Meta(Struct):
    version: str = field(name="io.modelcontextprotocol/protocolVersion")
    capabilities: dict[str, Any] = field(name="io.modelcontextprotocol/clientCapabilities")
    client_info: _ClientInfo = field(name="io.modelcontextprotocol/clientInfo", default=_NOBODY)
    log_level: Any = field(name="io.modelcontextprotocol/logLevel", default=UNSET)
    traceparent: Any = ""


class _Params(Struct):
    name: str
    meta: _Meta = field(name="_meta")
    arguments: dict[str, Any] = field(default_factory=lambda: _NO_ARGUMENTS)


class ExpressRequest(Struct):
    """The request, where it has nothing but what an ordinary one has; anything else does not decode."""

    jsonrpc: Literal["2.0"]
    id: str | int
    method: Literal["tools/call"]
    params: _Params
    result: Any | UnsetType = UNSET
    error: Any | UnsetType = UNSET

    def count_names(self) -> int:
        """How many names of objects were read, or fewer where some are nested deeper than they must be."""
        arguments, meta = self.params.arguments, self.params.meta
        count = 8 + len(meta.capabilities)
        if arguments is not _NO_ARGUMENTS:
            count += 1 + len(arguments)
        if meta.client_info is not _NOBODY:
            count += 1 + bool(meta.client_info.name) + bool(meta.client_info.version)
        return count


class _Own(Struct, omit_defaults=True):
    """The fields of an audit event that differ from call to call."""

    id: str
    time: float
    duration_ms: float
    tool: str
    arguments: str
    request_id: str
    outcome: str = "ok"
    reason: str = ""
    trace_id: str = ""


decode = msgspec.json.Decoder(ExpressRequest).decode
_encode = msgspec.json.Encoder().encode


class ExpressCall:
    """One call that was found ordinary, and admitted."""

    __slots__ = ("_caller", "_request", "_runtime", "_started", "_tool", "_who")

    def __init__(
        self, runtime: Runtime, caller: Caller, tool: LoadedTool, request: ExpressRequest, who: tuple[str, bytes]
    ) -> None:
        self._runtime, self._caller, self._tool, self._request, self._who = runtime, caller, tool, request, who
        self._started = perf_counter()

    def run(self) -> bytes | Begun[ToolResult]:
        """Take the tool's first step: the whole answer where that was all, else what is to be waited for."""
        work = self._runtime.run(self._tool)(self._request.params.arguments, None)
        try:
            outcome = begin(work, ToolBusy, ProtocolError, doing=self._tool.spec.name)
        except ToolBusy:
            return self._answer(failures.busy(self._tool.spec.name), "refused", "busy")
        except ProtocolError as error:
            return self._fail(error)
        return outcome if isinstance(outcome, Begun) else self._finish(outcome)

    async def wait(self, begun: Begun[ToolResult]) -> bytes:
        """The answer of a tool that was not done at its first step. Raises CancelledError."""
        load, metrics = self._caller.load, self._runtime.metrics
        load.in_flight += 1
        metrics.calls_in_flight += 1
        limit = min(self._tool.spec.timeout_seconds, QUICK_SECONDS)
        try:
            outcome = await finish_within(limit, begun)
        except TimeoutError:
            return self._answer(failures.timed_out(self._tool.spec.name, limit), "timeout", "timeout")
        except ToolBusy:
            return self._answer(failures.busy(self._tool.spec.name), "refused", "busy")
        except ProtocolError as error:
            return self._fail(error)
        except asyncio.CancelledError:
            self._record("cancelled", "")
            raise
        finally:
            load.in_flight -= 1
            metrics.calls_in_flight -= 1
        return self._finish(outcome)

    def _finish(self, outcome: ToolResult | Crash) -> bytes:
        """The answer to what the tool did."""
        name = self._tool.spec.name
        if isinstance(outcome, Crash):
            self._runtime.metrics.incidents += 1
            return self._answer(failures.crashed(name, outcome.incident), "crashed", outcome.incident)
        if outcome.is_error:
            return self._answer(outcome, "tool_error", error_type(outcome))
        if not self._tool.output_fits(outcome.structured):
            return self._answer(failures.output_does_not_fit(name), "crashed", "output_schema")
        return self._answer(outcome, "ok", "")

    def _answer(self, result: ToolResult, outcome: str, reason: str) -> bytes:
        self._record(outcome, reason)
        caller = self._caller
        meta, limit = caller.loaded.encoded["meta"], caller.limits.result_bytes
        return encode_response(self._request.id, result, meta, limit, self._tool.spec.name)

    def _fail(self, error: ProtocolError) -> bytes:
        """The answer where the call itself fails; its status is that of a result."""
        self._record("tool_error", error.type)
        return error_message(failures.protocol_error(error).refusal, self._request.id)

    def _record(self, outcome: str, reason: str) -> None:
        runtime, seconds = self._runtime, perf_counter() - self._started
        runtime.audit.append_later(CallEnded(self, outcome, reason, time(), seconds))
        runtime.metrics.call_ended(outcome, seconds)

    def event(self, ended: "CallEnded") -> tuple[bytes, bytes]:
        """The audit event as JSON, redacted: what a client's calls share, encoded before; and the rest."""
        request, tool = self._request, self._tool
        client = request.params.meta.client_info
        who = (*self._who, client.name, client.version)
        shared = self._caller.encoded_audit.get(who) or self._remember(who)
        own = _Own(
            self._runtime.audit.next_id(),
            ended.time - ended.seconds,
            ended.seconds * 1000,
            tool.spec.name,
            redacted_json(request.params.arguments, tool.sensitive),
            shown_id(request.id),
            ended.outcome,
            ended.reason,
            trace_id(request.params.meta.traceparent),
        )
        return shared, _encode(own)

    def _remember(self, who: tuple[str, bytes, str, str]) -> bytes:
        address, user_agent, name, version = who
        shown = {
            "method": METHOD,
            "protocol_version": VERSION,
            "address": address,
            "user_agent": shown_user_agent(user_agent),
            "client_name": shown_client({"name": name, "version": version}) if name or version else "",
        }
        return self._caller.remember_client(who, shown)


class CallEnded:
    """A call's end, kept until the next flush: encoding many in a row costs a third of encoding each at once."""

    __slots__ = ("call", "outcome", "reason", "seconds", "time")

    def __init__(self, call: ExpressCall, outcome: str, reason: str, time: float, seconds: float) -> None:
        self.call, self.outcome, self.reason, self.time, self.seconds = call, outcome, reason, time, seconds

    def encoded(self) -> tuple[bytes, bytes]:
        """The audit event, in two parts."""
        return self.call.event(self)
