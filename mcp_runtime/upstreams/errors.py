"""What goes wrong between Atrium and an upstream, and how a call says so."""

from typing import Any, Final

from egress.denials import named_host
from egress.errors import EgressError, EgressRefused
from mcp_runtime.calls.results import ERROR_META, TextContent, ToolResult, failed
from mcp_runtime.contract.upstreams import AccountMissing, UpstreamUnreachable
from mcp_runtime.toolkits.errors import ToolError

_TIMES: Final = frozenset({"deadline_passed", "went_silent"})
_SIZES: Final = frozenset({"body_too_large", "inflated_too_large", "headers_too_large"})
TEXT_LENGTH: Final = 1_000


class RpcError(Exception):
    """The upstream answered a request with a JSON-RPC error. Its text is the upstream's own."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


class SessionLost(Exception):  # noqa: N818 - reads as the state it reports
    """The upstream does not know the session any more; nothing of the request was done."""


class ScopesWanted(Exception):  # noqa: N818 - reads as the state it reports
    """The upstream answered 403 and names scopes that the token lacks; nothing of the request was done."""

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__("insufficient_scope")
        self.scopes = scopes


class Unauthorized(Exception):  # noqa: N818 - reads as the state it reports
    """The upstream answered 401; nothing of the request was done."""


class NotReached(UpstreamUnreachable):
    """The door says why the upstream was not reached. `cause` is its reason, `host` what the URL names."""

    def __init__(self, reason: str, text: str, cause: str, host: str) -> None:
        super().__init__(reason, text)
        self.cause, self.host = cause, host


def unreachable(error: EgressError, url: str) -> NotReached:
    """What an error of the door says about the upstream."""
    text, cause, host = str(error), error.reason, named_host(url)
    if cause in _TIMES:
        return NotReached("timeout", f"The upstream server took too long: {text}", cause, host)
    if cause in _SIZES:
        return NotReached("too_large", f"The upstream server sends too much: {text}", cause, host)
    if isinstance(error, EgressRefused):
        return NotReached("refused_by_egress", f"The upstream server may not be asked: {text}", cause, host)
    return NotReached("unreachable", f"The upstream server can't be reached: {text}", cause, host)


def failed_result(error: UpstreamUnreachable | AccountMissing | RpcError) -> ToolResult:
    """The same, as the result of a call. What an upstream says of itself is cut short, and said to be its own."""
    if isinstance(error, AccountMissing):
        said, url = str(error), error.connect_url
        text = said if url in said else f"{said} Connect one, then call again: {url}"
        return failed("account_missing", text, connect_url=error.connect_url)
    if isinstance(error, RpcError):
        said = error.message[:TEXT_LENGTH] or "it did not say why"
        return failed("upstream_error", f"The upstream server refused the call: {said}", code=error.code)
    text, reason = str(error), error.reason
    cause = error.cause if isinstance(error, NotReached) else reason
    match reason:
        case "unreachable" | "timeout":
            return failed("upstream_unreachable", text, reason=cause)
        case "refused_by_egress":
            host = error.host if isinstance(error, NotReached) else ""
            return failed("egress_refused", text, reason=cause, host=host)
        case "unauthorized" | "forbidden":
            return failed("upstream_unauthorized", text, reason=reason)
        case "too_large":
            return failed("upstream_too_large", text, reason=cause)
    return failed("upstream_protocol", text, reason=reason)


def tool_error(result: ToolResult) -> ToolError:
    """A failed result as what a resource or prompt raises."""
    data = dict((result.meta or {}).get(ERROR_META, {}))
    text = "".join(block.text for block in result.content if isinstance(block, TextContent))
    return ToolError(text, str(data.pop("type", "upstream_error")), **data)
