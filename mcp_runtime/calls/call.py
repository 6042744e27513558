"""One JSON-RPC request on its way through a method, whichever era it came in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.listeners import Subscription
from mcp_runtime.contract.jobs import JobView
from mcp_runtime.contract.trace_context import TraceContext, trace_context
from mcp_runtime.protocol.jsonrpc import Params, RequestId

if TYPE_CHECKING:
    from mcp_runtime.runtime import Runtime
    from mcp_runtime.sessions.store import Owner, Session


class Emit(Protocol):
    """Sends a notification on the response stream of the request, or a request of the client where it has an id."""

    def __call__(self, method: str, params: dict[str, Any], request_id: str | None = None) -> None: ...


class Call(Struct, kw_only=True):
    """A request with everything its method may need. Handlers get it only after authentication.

    `streams` says whether the client takes an event stream as the answer. `log_level` is the least severe level the
    client asked for; None sends no log messages.
    """

    runtime: "Runtime"
    caller: Caller
    method: str
    params: Params
    request_id: RequestId
    legacy: bool
    version: str
    streams: bool
    meta: dict[str, Any]
    headers: Mapping[bytes, bytes]
    client_info: Any = None
    log_level: str | None = None
    session: "Session | None" = None
    owner: "Owner | None" = None
    address: str = ""
    user_agent: bytes = b""

    @property
    def trace(self) -> TraceContext | None:
        """Of which trace the request is a part, where it says so."""
        return trace_context(self.meta) if "traceparent" in self.meta else None


@dataclass(slots=True)
class Lasting:
    """An answer that takes its time: the wire opens a stream and runs it. `renew` is called with every heartbeat.

    `job_id` names the job that the call waits for; None where it runs in this process. `cancel` is called, if there is
    one, when the client or a revocation ends the call, or the answer that names its job could not be delivered: the
    run itself being cancelled does not mean that, for a replica that stops does it too.
    """

    run: Callable[[Emit], Awaitable[bytes]]
    renew: Callable[[], Awaitable[None]]
    tool: str
    job_id: str | None = None
    cancel: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Listening:
    """An answer that stays open: notifications of what the client subscribed to, until either side has enough.

    `honoured` is the part of the client's filter that the server agrees to; `tasks` are the jobs in it.
    """

    subscription: Subscription
    honoured: dict[str, Any]
    tasks: Sequence[JobView] = ()


Answer = bytes | Lasting | Listening
Method = Callable[[Call], Awaitable[Answer]]
"""Answers one request: with the encoded `result`, or with one that lasts or stays open. Refusals are raised."""
