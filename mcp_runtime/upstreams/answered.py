"""What an upstream answered a call with: passed on as it came, down to the members that nobody here knows."""

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from mcp_runtime.calls.results import ERROR_META, ToolResult, failed
from mcp_runtime.contract.upstreams import UpstreamUnreachable
from mcp_runtime.upstreams.confidence import Confidence
from mcp_runtime.upstreams.readable import UNREADABLE

COMPLETE: Final = "complete"
INPUT_REQUIRED: Final = "input_required"
TASK: Final = "task"
_OURS: Final = frozenset({ERROR_META, "io.modelcontextprotocol/serverInfo"})
"""Members of `_meta` by which whoever reads it knows who speaks: here that is this server."""


class Outcome(Struct):
    """The result of tools/call, prompts/get, resources/read and of the methods of tasks, as far as it is looked at."""

    result_type: str = field(name="resultType", default=COMPLETE)
    content: list[Raw] | UnsetType = UNSET
    structured: Any = field(name="structuredContent", default=UNSET)
    is_error: bool = field(name="isError", default=False)
    meta: dict[str, Any] | None = field(name="_meta", default=None)
    input_requests: dict[str, Any] = field(name="inputRequests", default_factory=dict)
    request_state: str | None = field(name="requestState", default=None)
    contents: list[Raw] | UnsetType = UNSET
    messages: list[Raw] | UnsetType = UNSET
    task: Raw | UnsetType = UNSET


class _Block(Struct):
    type: str


def outcome(result: Raw) -> Outcome:
    """Raises UpstreamUnreachable (protocol)."""
    try:
        found = msgspec.json.decode(result, type=Outcome)
    except UNREADABLE as error:
        raise UpstreamUnreachable("protocol", "The upstream server sent a result that is none of MCP.") from error
    if found.result_type not in (COMPLETE, INPUT_REQUIRED, TASK):
        raise UpstreamUnreachable("protocol", "The upstream server sent a result of an unknown type.")
    return found


def tool_result(found: Outcome) -> ToolResult:
    """The result of a tool, each block as it came. Raises UpstreamUnreachable (protocol)."""
    if found.content is UNSET:
        raise UpstreamUnreachable("protocol", "The upstream server sent a result without content.")
    try:
        for block in found.content:
            msgspec.json.decode(block, type=_Block)
    except UNREADABLE as error:
        raise UpstreamUnreachable("protocol", "The upstream server sent content of no type.") from error
    meta = {name: value for name, value in (found.meta or {}).items() if name not in _OURS}
    content: list[Any] = list(found.content)
    return ToolResult(content, found.structured, found.is_error, meta or None)


def scrubbed(result: ToolResult, confidence: Confidence) -> ToolResult:
    """The result, in which the upstream does not repeat what it was sent in confidence."""
    encoded = msgspec.json.encode(result).decode()
    if not confidence.repeated_in(encoded):
        return result
    plain = confidence.structured(msgspec.json.decode(encoded))
    try:
        return msgspec.convert(plain, _Plain).result()
    except msgspec.ValidationError:
        return failed("secret_in_answer", "The answer repeats a credential that it was sent, so it is not passed on.")


class _Plain(Struct):
    content: list[dict[str, Any]]
    structured: Any = UNSET
    is_error: bool = False
    meta: dict[str, Any] | None = None

    def result(self) -> ToolResult:
        """As it was before."""
        content: list[Any] = list(self.content)
        return ToolResult(content, self.structured, self.is_error, self.meta)
